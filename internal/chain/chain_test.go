package chain_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/tenon-hq/tenon/internal/chain"
)

const tenant = "0192f0aa-0000-7000-8000-000000000001"

func key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func signed(n int64, hash string, k ed25519.PrivateKey) chain.Checkpoint {
	public, _ := k.Public().(ed25519.PublicKey)
	c := chain.Checkpoint{N: n, Hash: hash, At: "2026-01-01T00:00:00Z", Key: base64.StdEncoding.EncodeToString(public)}
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(k, c.Message(tenant)))
	return c
}

// export makes a log of n entries with a checkpoint after each tenth.
func export(t testing.TB, n int, k ed25519.PrivateKey) []string {
	t.Helper()
	var out bytes.Buffer
	w, err := chain.NewWriter(&out, chain.Start{Format: chain.Format, Tenant: tenant})
	if err != nil {
		t.Fatal(err)
	}
	var prev []byte
	for i := 1; i <= n; i++ {
		was, is := fmt.Sprint(i-1), fmt.Sprint(i)
		e := chain.Entry{
			N: int64(i), ID: fmt.Sprintf("0192f0aa-0000-7000-8000-%012d", i), At: "2026-01-01T00:00:00.000001Z", Actor: tenant, Action: "update", Entity: "sales.order",
			Record: tenant, Before: map[string]*string{"amount": &was, "note": nil}, After: map[string]*string{"amount": &is, "note": &is}, Rules: []string{"r1", "r2"},
			Salt: strings.Repeat("ab", 16), Prev: hex.EncodeToString(prev), Request: "req-" + is,
		}
		if prev, err = e.Sum(prev); err != nil {
			t.Fatal(err)
		}
		e.Hash = hex.EncodeToString(prev)
		if err := w.Put(chain.Line{Entry: &e}); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			c := signed(e.N, e.Hash, k)
			if err := w.Put(chain.Line{Checkpoint: &c}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(signed(int64(n), hex.EncodeToString(prev), k)); err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func verify(t testing.TB, lines []string, pinned string) chain.Report {
	t.Helper()
	r, err := chain.Verify(strings.NewReader(strings.Join(lines, "")), pinned)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAWholeLogIsWhole(t *testing.T) {
	r := verify(t, export(t, 35, key()), "")
	if r.Problem != nil || r.Entries != 35 || r.Checkpoints != 3 || r.Signed != 35 || len(r.Keys) != 1 {
		t.Fatalf("%+v", r)
	}
}

// Each attack names the entry that was touched.
func TestWhatIsWrongIsNamed(t *testing.T) {
	edit := func(lines []string, i int, change func(e *chain.Entry)) {
		var l chain.Line
		if err := json.Unmarshal([]byte(lines[i]), &l); err != nil {
			t.Fatal(err)
		}
		change(l.Entry)
		raw, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		lines[i] = string(raw) + "\n"
	}
	for name, c := range map[string]struct {
		do   func(lines []string) []string
		kind string
		n    int64
	}{
		"a value": {func(l []string) []string {
			edit(l, 5, func(e *chain.Entry) { v := "999"; e.After["amount"] = &v })
			return l
		}, "altered", 5},
		"a value that becomes none": {func(l []string) []string {
			edit(l, 5, func(e *chain.Entry) { e.After["amount"] = nil })
			return l
		}, "altered", 5},
		"the actor":   {func(l []string) []string { edit(l, 7, func(e *chain.Entry) { e.Actor = "" }); return l }, "altered", 7},
		"a rule":      {func(l []string) []string { edit(l, 7, func(e *chain.Entry) { e.Rules = []string{"r1"} }); return l }, "altered", 7},
		"the time":    {func(l []string) []string { edit(l, 8, func(e *chain.Entry) { e.At = "2025" }); return l }, "altered", 8},
		"the request": {func(l []string) []string { edit(l, 8, func(e *chain.Entry) { e.Request = "x" }); return l }, "altered", 8},
		"altered and hashed anew": {func(l []string) []string {
			edit(l, 5, func(e *chain.Entry) {
				e.Action = "delete"
				prev, _ := hex.DecodeString(e.Prev)
				sum, _ := e.Sum(prev)
				e.Hash = hex.EncodeToString(sum)
			})
			return l
		}, "altered", 5},
		"one missing":   {func(l []string) []string { return append(l[:4:4], l[5:]...) }, "missing", 4},
		"two exchanged": {func(l []string) []string { l[4], l[5] = l[5], l[4]; return l }, "reordered", 4},
		"one twice":     {func(l []string) []string { return append(l[:5:5], l[4:]...) }, "duplicate", 4},
		"the end cut":   {func(l []string) []string { return l[:len(l)-1] }, "missing", 36},
		"the tail cut":  {func(l []string) []string { return append(l[:len(l)-2:len(l)-2], l[len(l)-1]) }, "missing", 35},
		"a signature": {func(l []string) []string {
			l[11] = strings.Replace(l[11], `"signature":"`, `"signature":"A`, 1)
			return l
		}, "signature", 10},
		"a start behind the first": {func(l []string) []string {
			var e chain.Line
			_ = json.Unmarshal([]byte(l[10]), &e)
			start, _ := json.Marshal(chain.Line{Start: &chain.Start{Format: chain.Format, Tenant: tenant, After: 10, Anchor: e.Entry.Hash}})
			return append([]string{string(start) + "\n"}, l[11:]...)
		}, "missing", 10},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, c.do(export(t, 35, key())), "")
			if r.Problem == nil || r.Problem.Kind != c.kind || r.Problem.N != c.n {
				t.Errorf("%+v", r.Problem)
			}
		})
	}
}

// One flipped bit anywhere in an entry is found.
func TestEveryFlippedByteIsFound(t *testing.T) {
	lines := export(t, 12, key())
	var seen int
	defer func() { t.Log(seen, "bytes") }()
	whole := strings.Join(lines, "")
	at := len(lines[0]) + len(lines[1])
	for i := at; i < at+len(lines[2])-1; i++ {
		bad := []byte(whole)
		bad[i] ^= 1
		seen++
		r, err := chain.Verify(bytes.NewReader(bad), "")
		if err == nil && r.Problem == nil {
			t.Errorf("byte %d %q → %q is not found", i-at, whole[i], bad[i])
		}
		if r.Problem != nil && r.Problem.N != 2 {
			t.Errorf("byte %d: entry 2 was altered, %d is named", i-at, r.Problem.N)
		}
	}
}

func TestAnotherKeyIsFound(t *testing.T) {
	stranger := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	public, _ := key().Public().(ed25519.PublicKey)
	r := verify(t, export(t, 12, stranger), base64.StdEncoding.EncodeToString(public))
	if r.Problem == nil || r.Problem.Kind != "key" || r.Problem.N != 10 {
		t.Errorf("%+v", r.Problem)
	}
}

func BenchmarkVerify(b *testing.B) {
	const n = 100_000
	text := strings.Join(export(b, n, key()), "")
	spent := func() int64 { // CPU: on a busy machine the time tells little
		var use syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
			b.Fatal(err)
		}
		return use.Utime.Nano() + use.Stime.Nano()
	}
	before := spent()
	b.ResetTimer()
	for b.Loop() {
		if r, err := chain.Verify(strings.NewReader(text), ""); err != nil || r.Problem != nil {
			b.Fatal(err, r.Problem)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/entry")
	b.ReportMetric(float64(spent()-before)/1000/float64(b.N)/n, "cpu_µs/entry")
}
