package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
)

var (
	stream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	shown  = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`)
)

const pageMost = 64 << 20 // bytes of one unpacked stream

// IsPDF tells whether bytes are a print.
func IsPDF(raw []byte) bool { return bytes.HasPrefix(raw, []byte("%PDF-")) }

// Text takes the text out of a PDF that this package made, as a reader's search does: what is shown, line by line. Streams that are no text, such as
// pictures and fonts, are passed over.
func Text(pdf []byte) string {
	var out strings.Builder
	for _, m := range stream.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(r, pageMost))
		if err != nil {
			continue
		}
		for _, x := range shown.FindAllSubmatch(raw, -1) {
			out.WriteString(utf16Text(unescape(x[1])) + "\n")
		}
	}
	return out.String()
}

func unescape(b []byte) []byte {
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) {
			if i++; b[i] == 'r' {
				out = append(out, '\r')
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func utf16Text(b []byte) string {
	var units []uint16
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
