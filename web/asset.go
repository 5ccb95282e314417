package web

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// asset is one file of the app. Its name holds a hash of what is in it, so browsers may keep it for ever.
type asset struct {
	kind string
	body []byte // as stored
	gzip bool   // body is a gzip stream
	size int    // when unpacked
}

// unpack reads the app's zip: the page and the files that it loads.
func unpack(packed []byte) (map[string]asset, []byte, error) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, nil, err
	}
	files := map[string]asset{}
	for _, f := range z.File {
		a, err := stored(f)
		if err != nil {
			return nil, nil, err
		}
		files[f.Name] = a
	}
	index, ok := files["index.html"]
	if !ok {
		return nil, nil, errors.New("the app has no index.html")
	}
	page, err := index.plain()
	return files, page, err
}

// stored takes a file out of the zip without unpacking it: its raw deflate stream is a gzip body once gzip's head and tail are put around it.
func stored(f *zip.File) (asset, error) {
	r, err := f.OpenRaw()
	if err != nil {
		return asset{}, err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return asset{}, err
	}
	a := asset{kind: kindOf(f.Name), body: raw, size: int(f.UncompressedSize64)} //nolint:gosec // files of the app are small
	if f.Method != zip.Deflate {
		return a, nil
	}
	a.gzip = true
	a.body = append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}, raw...)
	a.body = binary.LittleEndian.AppendUint32(a.body, f.CRC32)
	a.body = binary.LittleEndian.AppendUint32(a.body, uint32(f.UncompressedSize64)) //nolint:gosec // gzip keeps the size modulo 2^32
	return a, nil
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	body := a.body
	if a.gzip {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
		} else {
			plain, err := a.plain()
			if err != nil {
				http.Error(w, "unreadable", http.StatusInternalServerError)
				return
			}
			body = plain
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may be gone
}

// plain unpacks a file for a client that takes no gzip.
func (a asset) plain() ([]byte, error) {
	if !a.gzip {
		return a.body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, a.size))
	_, err = io.Copy(out, r) //nolint:gosec // our own files
	return out.Bytes(), err
}

// acceptsGzip reads Accept-Encoding as far as it matters here: gzip is named and not refused with a quality of 0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.Trim(strings.TrimPrefix(strings.TrimSpace(q), "q="), "0.") != "" || q == ""
		}
	}
	return false
}

// kindOf is fixed for what the app is made of: the machine's own table of types may be empty.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
