package policy

import "strings"

// DiffLine is one line of a comparison of two texts.
type DiffLine struct {
	Op   string `json:"op"` // "=", "-" or "+"
	Text string `json:"text"`
	Old  int    `json:"old,omitempty"` // number of the line in the one text
	New  int    `json:"new,omitempty"` // and in the other
}

const diffCells = 4 << 20

// LineDiff compares two texts line by line by their longest common part; texts too long for that are shown as replaced.
func LineDiff(a, b string) []DiffLine {
	out := []DiffLine{}
	if a == b {
		return out
	}
	x, y := linesOf(a), linesOf(b)
	if len(x)*len(y) > diffCells {
		for i, t := range x {
			out = append(out, DiffLine{"-", t, i + 1, 0})
		}
		for i, t := range y {
			out = append(out, DiffLine{"+", t, 0, i + 1})
		}
		return out
	}
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			out = append(out, DiffLine{"=", x[i], i + 1, j + 1})
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			out = append(out, DiffLine{"-", x[i], i + 1, 0})
			i++
		default:
			out = append(out, DiffLine{"+", y[j], 0, j + 1})
			j++
		}
	}
	return out
}

func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
