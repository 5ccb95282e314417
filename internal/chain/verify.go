package chain

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Problem is the first thing that is wrong with a log.
type Problem struct {
	Kind   string `json:"kind"` // altered, missing, reordered, duplicate, signature, checkpoint, unreadable, key
	N      int64  `json:"n"`    // the entry concerned
	Line   int64  `json:"line"` // of the file
	Detail string `json:"detail"`
}

func (p *Problem) Error() string {
	return fmt.Sprintf("entry %d (line %d) %s: %s", p.N, p.Line, p.Kind, p.Detail)
}

// Report is what a verification found.
type Report struct {
	Tenant      string   `json:"tenant"`
	After       int64    `json:"after"` // the log was cut up to here
	Entries     int64    `json:"entries"`
	Last        int64    `json:"last"`
	Hash        string   `json:"hash"`
	Checkpoints int64    `json:"checkpoints"`
	Signed      int64    `json:"signed_up_to"`
	Redacted    int64    `json:"redacted_values"`
	Keys        []string `json:"keys"` // fingerprints of the keys that signed
	Problem     *Problem `json:"problem"`
}

// longestLine is the longest line that is read.
const longestLine = 64 << 20

type verifier struct {
	report Report
	prev   []byte
	pinned string
	line   int64
	cut    *Start
	proven bool // the cut is told by an entry of the log
	begun  bool
	ended  bool
}

// Verify reads an export to its end or to the first problem. pinned is the public key that must have signed (base64); empty: any, and the report says
// which. The error is about reading only; what is wrong with the log is in the report.
func Verify(in io.Reader, pinned string) (Report, error) {
	v := &verifier{pinned: pinned}
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 1<<20), longestLine)
	for s.Scan() {
		v.line++
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		if p := v.take(s.Bytes()); p != nil {
			if p.Kind == "missing" && v.comesLater(s, p.N) {
				p.Kind, p.Detail = "reordered", "it stands behind later entries"
			}
			p.Line = v.line
			v.report.Problem = p
			return v.report, s.Err()
		}
	}
	if err := s.Err(); err != nil {
		return v.report, err
	}
	v.report.Problem = v.finish()
	return v.report, nil
}

// comesLater looks for an entry in the rest of the file.
func (v *verifier) comesLater(s *bufio.Scanner, n int64) bool {
	for s.Scan() {
		var l Line
		if json.Unmarshal(s.Bytes(), &l) == nil && l.Entry != nil && l.Entry.N == n {
			return true
		}
	}
	return false
}

func (v *verifier) take(raw []byte) *Problem {
	var l Line
	if err := json.Unmarshal(raw, &l); err != nil {
		return &Problem{Kind: "unreadable", N: v.report.Last + 1, Detail: "the line is no JSON: " + err.Error()}
	}
	if again, err := json.Marshal(l); err != nil || !bytes.Equal(again, bytes.TrimSpace(raw)) { // a member with another name would count for nothing
		return &Problem{Kind: "altered", N: v.report.Last + 1, Detail: "the line is not as it was written"}
	}
	switch {
	case v.ended:
		return &Problem{Kind: "unreadable", N: v.report.Last + 1, Detail: "there is more behind the end"}
	case l.Start != nil && !v.begun:
		return v.start(l.Start)
	case !v.begun:
		return &Problem{Kind: "unreadable", N: 0, Detail: "the first line is no start of a log"}
	case l.Entry != nil:
		return v.entry(l.Entry)
	case l.Checkpoint != nil:
		v.report.Checkpoints++
		return v.checkpoint(l.Checkpoint)
	case l.End != nil:
		v.ended = true
		if l.End.N != v.report.Last {
			return &Problem{Kind: "missing", N: v.report.Last + 1, Detail: fmt.Sprintf("the log ended at entry %d", l.End.N)}
		}
		return v.checkpoint(l.End)
	}
	return &Problem{Kind: "unreadable", N: v.report.Last + 1, Detail: "the line is of no known kind"}
}

func (v *verifier) start(s *Start) *Problem {
	anchor, err := hex.DecodeString(s.Anchor)
	if s.Format != Format || err != nil || s.Tenant == "" || s.After < 0 || s.After == 0 && len(anchor) != 0 || s.After > 0 && len(anchor) != 32 {
		return &Problem{Kind: "unreadable", Detail: "the start of the log is not of the form " + Format}
	}
	v.begun, v.cut, v.prev = true, s, anchor
	v.report.Tenant, v.report.After, v.report.Last, v.report.Hash = s.Tenant, s.After, s.After, s.Anchor
	return nil
}

func (v *verifier) entry(e *Entry) *Problem {
	want := v.report.Last + 1
	switch {
	case e.N > want:
		return &Problem{Kind: "missing", N: want, Detail: fmt.Sprintf("entry %d follows entry %d", e.N, v.report.Last)}
	case e.N < want:
		return &Problem{Kind: "duplicate", N: e.N, Detail: fmt.Sprintf("it stands behind entry %d again", v.report.Last)}
	}
	sum, err := e.Sum(v.prev)
	if err != nil {
		return &Problem{Kind: "altered", N: e.N, Detail: err.Error()}
	}
	if hex.EncodeToString(sum) != e.Hash || e.Prev != v.report.Hash {
		return v.broken(e)
	}
	v.prev = sum
	v.report.Entries++
	v.report.Last, v.report.Hash = e.N, e.Hash
	v.report.Redacted += int64(len(e.Redacted))
	if e.Entity == CutEntity && e.Action == CutAction && v.cut.After > 0 {
		v.proven = v.proven || tells(e, v.cut)
	}
	return nil
}

// broken finds out which entry a wrong hash is to be laid to: one that fits what it says itself was left alone, so the one before it was changed and
// hashed anew.
func (v *verifier) broken(e *Entry) *Problem {
	said, err := hex.DecodeString(e.Prev)
	if err == nil && e.Prev != v.report.Hash && v.report.Entries > 0 {
		if sum, err := e.Sum(said); err == nil && hex.EncodeToString(sum) == e.Hash {
			return &Problem{Kind: "altered", N: e.N - 1, Detail: fmt.Sprintf("entry %d was made on another entry %d than the one that stands here", e.N, e.N-1)}
		}
	}
	return &Problem{Kind: "altered", N: e.N, Detail: "its hash is not the hash of what it says"}
}

func (v *verifier) checkpoint(c *Checkpoint) *Problem {
	switch {
	case v.pinned != "" && c.Key != v.pinned:
		return &Problem{Kind: "key", N: c.N, Detail: "it is signed by another key: " + Fingerprint(c.Key)}
	case !c.Genuine(v.report.Tenant):
		return &Problem{Kind: "signature", N: c.N, Detail: "the signature of the checkpoint is not genuine"}
	case c.N != v.report.Last || c.Hash != v.report.Hash:
		return &Problem{Kind: "checkpoint", N: c.N, Detail: "the log has another hash than the one that was signed"}
	}
	v.report.Signed = c.N
	if f := Fingerprint(c.Key); !slices.Contains(v.report.Keys, f) {
		v.report.Keys = append(v.report.Keys, f)
	}
	return nil
}

func (v *verifier) finish() *Problem {
	switch {
	case !v.begun:
		return &Problem{Kind: "unreadable", Detail: "the file is empty"}
	case !v.ended:
		return &Problem{Kind: "missing", N: v.report.Last + 1, Line: v.line + 1, Detail: "the file breaks off: its end is missing"}
	case v.cut.After > 0 && !v.proven:
		return &Problem{Kind: "missing", N: v.cut.After, Line: 1, Detail: "the log starts behind entries of which no entry says that they were cut"}
	}
	return nil
}

// The entry that tells of a cut.
const (
	CutEntity = "platform.audit"
	CutAction = "cut"
)

// tells says that an entry is about a cut.
func tells(e *Entry, cut *Start) bool {
	n, hash := e.After["up_to"], e.After["hash"]
	return n != nil && hash != nil && *n == fmt.Sprint(cut.After) && *hash == cut.Anchor
}

// Writer writes an export.
type Writer struct{ out *bufio.Writer }

// NewWriter starts an export.
func NewWriter(out io.Writer, s Start) (*Writer, error) {
	w := &Writer{bufio.NewWriterSize(out, 1<<20)}
	return w, w.Put(Line{Start: &s})
}

// Put writes a line.
func (w *Writer) Put(l Line) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = w.out.Write(append(raw, '\n'))
	return err
}

// Close writes the end.
func (w *Writer) Close(end Checkpoint) error {
	return errors.Join(w.Put(Line{End: &end}), w.out.Flush())
}
