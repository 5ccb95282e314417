package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/internal/i18n"
)

func TestCapitals(t *testing.T) {
	for in, want := range map[string]string{
		"0": "零元整", "0.05": "伍分", "0.50": "伍角整", "1.05": "壹元零伍分", "10": "壹拾元整", "100000": "壹拾万元整", "10203.40": "壹万零贰佰零叁元肆角整",
		"1000000001": "壹拾亿零壹元整", "-12.30": "负壹拾贰元叁角整", "1000000000000": "壹万亿元整", "120034000500": "壹仟贰佰亿叁仟肆佰万零伍佰元整", "9999999999999999": "9999999999999999",
	} {
		if got := capital(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	for in, want := range map[string]string{"0": "¥0.00", "1234567.5": "¥1,234,567.50", "-100.256": "-¥100.256"} {
		if got := money(in, "CNY"); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	if got := money("1250.00", "USD"); got != "USD 1,250.00" {
		t.Error(got)
	}
	if got := grouped("2.500", 0); got != "2.5" {
		t.Error(got)
	}
}

// long is a sheet of several pages.
func long(t *testing.T) *sheet {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 60, 20))
	img.Set(1, 1, color.RGBA{R: 200, A: 255})
	var logo bytes.Buffer
	if err := png.Encode(&logo, img); err != nil {
		t.Fatal(err)
	}
	s := &sheet{
		lang: i18n.ZH, title: "销售订单", no: "SO000042", at: time.Date(2026, 3, 5, 8, 0, 0, 0, time.UTC),
		company: company{name: "海澜精密机械有限公司", address: "江苏省苏州市工业园区星湖街 328 号", phone: "0512-6280 0000", tax: "91320594MA1XXXXX0X", bank: "建设银行苏州分行 3200 1988 8360 5152 0000", logo: logo.Bytes()},
		party:   []pair{{"客户", "Northwind 北风贸易（上海）股份有限公司"}, {"地址", "上海市浦东新区世纪大道 100 号环球金融中心 88 层，很长的地址需要换行显示，不能被截断"}},
		facts:   []pair{{"日期", "2026-03-05"}, {"币种", "CNY"}},
		columns: []column{{label: "#", end: true, width: 8}, {label: "产品"}, {label: "数量", end: true, width: 20}, {label: "单价", end: true, width: 30}, {label: "金额", end: true, width: 30}},
		sums:    []pair{{"不含税金额", "¥113,274.34"}, {"价税合计", "¥128,000.00"}}, words: pair{"金额大写", "壹拾贰万捌仟元整"},
		notes: []pair{{"条款", "货到付款。质保一年。"}}, signs: []string{"供方签章", "需方签章"},
	}
	for i := range 60 {
		s.rows = append(s.rows, []cell{{text: fmt.Sprint(i + 1)}, {text: fmt.Sprintf("数控车床 CK%d，带自动上料与冷却系统，主轴转速可调的长名称", i), small: fmt.Sprintf("P-%03d", i)}, {text: "2"}, {text: "¥32,000.00"}, {text: "¥64,000.00"}})
	}
	return s
}

func TestTheSameSheetGivesTheSameBytes(t *testing.T) {
	font, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	one, err := typeset(long(t), bytes.Clone(font))
	if err != nil {
		t.Fatal(err)
	}
	other, err := typeset(long(t), font)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Error("two prints differ")
	}
	if into := os.Getenv("TENON_PRINT_INTO"); into != "" { // to look at it
		if err := os.WriteFile(into, one, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := Text(one)
	for _, want := range []string{"销售订单", "SO000042", "海澜精密机械有限公司", "北风贸易", "不能被截断", "数控车床 CK59", "P-059", "¥128,000.00", "壹拾贰万捌仟元整", "供方签章", "税号"} {
		if !strings.Contains(text, want) {
			t.Errorf("the print lacks %s", want)
		}
	}
	if n := strings.Count(text, "数量"); n < 3 {
		t.Errorf("the titles of the table stand on %d pages", n)
	}
}

// Every character that the program itself prints, and everyday Chinese and English, has a shape in the font.
func TestTheFontHasTheShapes(t *testing.T) {
	font, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	has := shapes(t, font)
	for _, r := range "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负¥€£…·、，。：；（）《》“”‘’—％＋№℃αβДж龘" {
		if r != '龘' && !has[r] {
			t.Errorf("%c has no shape", r)
		}
	}
	n := 0
	for r := range has {
		if r >= 0x4E00 && r <= 0x9FFF {
			n++
		}
	}
	if n < 6763 || has['龘'] {
		t.Errorf("%d Chinese characters; 龘 %v", n, has['龘'])
	}
}

// shapes reads the font's table of characters (cmap, format 4 or 12).
func shapes(t *testing.T, font []byte) map[rune]bool {
	t.Helper()
	u16 := func(at int) int { return int(font[at])<<8 | int(font[at+1]) }
	u32 := func(at int) int { return u16(at)<<16 | u16(at+2) }
	out := map[rune]bool{}
	for i := range u16(4) {
		at := 12 + 16*i
		if string(font[at:at+4]) != "cmap" {
			continue
		}
		cmap := u32(at + 8)
		for j := range u16(cmap + 2) {
			sub := cmap + u32(cmap+4+8*j+4)
			if u16(sub) != 4 {
				continue
			}
			segs := u16(sub+6) / 2
			for k := range segs {
				end, start := u16(sub+14+2*k), u16(sub+16+2*segs+2*k)
				for c := start; c <= end && c != 0xFFFF; c++ {
					out[rune(c)] = true
				}
			}
		}
	}
	return out
}
