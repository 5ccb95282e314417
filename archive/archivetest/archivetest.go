// Package archivetest answers what an S3-compatible store says, for tests: enough of it for one client, in memory.
package archivetest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tenon-hq/tenon/archive"
)

// Bucket speaks enough of S3 for one client: objects and parts of them, uploads in parts, lists. It refuses what is not signed.
type Bucket struct {
	Address string // as OpenStore takes it

	mu      sync.Mutex
	objects map[string]object
	parts   map[string][]byte
}

type object struct {
	content []byte
	at      time.Time
}

// New serves a bucket with nothing at its address, but something elsewhere, until the test ends.
func New(t testing.TB) *Bucket {
	t.Helper()
	b := &Bucket{objects: map[string]object{"other/x": {}}, parts: map[string][]byte{}}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	b.Address = "s3://bucket/some/where?insecure=true&endpoint=" + strings.TrimPrefix(srv.URL, "http://")
	return b
}

// Env has the keys that open the bucket.
func Env(name string) string {
	return map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}[name]
}

// Store opens the bucket.
func (b *Bucket) Store(t testing.TB) archive.Store {
	t.Helper()
	s, err := archive.OpenStore(b.Address, Env)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ServeHTTP answers.
func (b *Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	key, q := strings.TrimPrefix(r.URL.Path, "/bucket/"), r.URL.Query()
	raw, _ := io.ReadAll(r.Body)
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		raw = chunks(raw)
	}
	switch {
	case r.Method == http.MethodGet && q.Has("location"):
		fmt.Fprint(w, `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-north-1</LocationConstraint>`)
	case r.Method == http.MethodGet && q.Has("list-type"):
		b.list(w, q.Get("prefix"))
	case r.Method == http.MethodPost && q.Has("uploads"):
		fmt.Fprint(w, `<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>u</UploadId></InitiateMultipartUploadResult>`)
	case r.Method == http.MethodPut && q.Has("partNumber"):
		b.parts[fmt.Sprintf("%s %05s", key, q.Get("partNumber"))] = raw
		w.Header().Set("ETag", `"e`+q.Get("partNumber")+`"`)
	case r.Method == http.MethodPost && q.Has("uploadId"):
		var whole []byte
		for _, name := range slices.Sorted(func(yield func(string) bool) {
			for n := range b.parts {
				if strings.HasPrefix(n, key+" ") && !yield(n) {
					return
				}
			}
		}) {
			whole = append(whole, b.parts[name]...)
			delete(b.parts, name)
		}
		b.objects[key] = object{whole, time.Now()}
		fmt.Fprint(w, `<CompleteMultipartUploadResult><Bucket>b</Bucket><ETag>"e"</ETag></CompleteMultipartUploadResult>`)
	case r.Method == http.MethodPut:
		b.objects[key] = object{raw, time.Now()}
		w.Header().Set("ETag", `"e"`)
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		content, there := b.objects[key]
		if !there {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
			return
		}
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "", content.at, bytes.NewReader(content.content))
	}
}

func (b *Bucket) list(w http.ResponseWriter, prefix string) {
	type content struct{ Key, LastModified, ETag string }
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []content
	}
	for key, o := range b.objects {
		if strings.HasPrefix(key, prefix) {
			out.Contents = append(out.Contents, content{key, o.at.UTC().Format(time.RFC3339Nano), `"e"`})
		}
	}
	slices.SortFunc(out.Contents, func(x, y content) int { return strings.Compare(x.Key, y.Key) })
	_ = xml.NewEncoder(w).Encode(out)
}

// chunks takes a body apart that was signed piece by piece.
func chunks(raw []byte) (out []byte) {
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\r\n"))
		var n int
		if _, err := fmt.Sscanf(string(line), "%x", &n); err != nil || n == 0 {
			return out
		}
		out, raw = append(out, rest[:n]...), rest[n+2:]
	}
	return out
}
