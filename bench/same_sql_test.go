package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// BenchmarkSameSQL compares orders confirmed through Tenon (HTTP, rights, audit, one client) with the bare SQL of the same confirms: heard from PostgreSQL's
// log, sent again with the same values to a copy of the same database over one connection, prepared once, one statement after the other. The aim is that
// Tenon does over half of what bare SQL does.
func BenchmarkSameSQL(b *testing.B) {
	const warm, n = 100, 200
	h := open(b)
	customer, products := factory(b, h)
	orders := make([]string, warm+n)
	for i := range orders {
		var lines []m
		for _, p := range products {
			lines = append(lines, m{"product_id": p, "quantity": "2", "unit_price": "15"})
		}
		orders[i] = h.make(b, "/sales/orders", m{"customer_id": customer, "lines": lines})
	}
	h.shut()
	heard, through, bare := copyOf(b, h, "heard"), copyOf(b, h, "through"), copyOf(b, h, "bare")

	log := startLog(b, heard)
	confirmAll(b, h, heard, orders)
	units := log.units(b)
	for range 50 { // the log is written beside
		if len(units) >= len(orders) {
			break
		}
		time.Sleep(100 * time.Millisecond)
		units = log.units(b)
	}
	if len(units) != len(orders) {
		b.Fatalf("%d confirms were heard of %d", len(units), len(orders))
	}
	_, start := h.cpu.taken()
	tenon := confirmAll(b, h, through, orders)
	_, between := h.cpu.taken()
	sql := replay(b, bare, units)
	_, end := h.cpu.taken()
	b.ReportMetric((between-start).Seconds()*1000/float64(len(orders)), "tenon_pg_cpu_ms") // with what goes on beside: the chain of the audit, clearing up
	b.ReportMetric((end-between).Seconds()*1000/float64(len(orders)), "bare_pg_cpu_ms")
	b.ReportMetric(float64(len(units[len(units)-1])), "statements")
	mine, theirs := span(tenon[warm:]), span(sql[warm:])
	b.ReportMetric(n/mine.Seconds(), "tenon_per_s")
	b.ReportMetric(n/theirs.Seconds(), "bare_per_s")
	b.ReportMetric(theirs.Seconds()/mine.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

func span(took []time.Duration) (sum time.Duration) {
	for _, d := range took {
		sum += d
	}
	return sum
}

// copyOf makes a copy of the house's database, which nobody uses, and returns its address.
func copyOf(b *testing.B, h *house, name string) string {
	b.Helper()
	u, err := url.Parse(h.app.Config.DatabaseURL)
	if err != nil {
		b.Fatal(err)
	}
	from := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	conn, err := pgx.Connect(b.Context(), u.String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(b.Context()))
	into := from + "_" + name
	if _, err := conn.Exec(b.Context(), "create database "+pgx.Identifier{into}.Sanitize()+" template "+pgx.Identifier{from}.Sanitize()); err != nil {
		b.Fatal(err)
	}
	u.Path = "/" + into
	return u.String()
}

// confirmAll confirms orders one after the other and returns how long each took.
func confirmAll(b *testing.B, h *house, address string, orders []string) []time.Duration {
	b.Helper()
	x := openAt(b, address, h.data)
	defer x.shut()
	x.token = h.token
	took := make([]time.Duration, len(orders))
	for i, order := range orders {
		at := time.Now()
		if status, raw, err := x.send(http.MethodPost, "/sales/orders/"+order+"/confirm", nil); err != nil || status != http.StatusOK {
			b.Fatalf("%d %s %v", status, raw, err)
		}
		took[i] = time.Since(at)
	}
	return took
}

// statement is one that PostgreSQL's log tells of.
type statement struct {
	text   string
	values [][]byte // nil: NULL
}

// heardLog is a server's log from some moment on.
type heardLog struct {
	path string
	from int64
}

// startLog lets the server log all statements of a database.
func startLog(b *testing.B, address string) heardLog {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(b.Context()))
	if _, err := conn.Exec(b.Context(), "alter database "+pgx.Identifier{conn.Config().Database}.Sanitize()+" set log_statement = 'all'"); err != nil {
		b.Fatal(err)
	}
	var folder, file string
	if err := conn.QueryRow(b.Context(), "select current_setting('data_directory'), pg_current_logfile()").Scan(&folder, &file); err != nil {
		b.Fatal(err)
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(folder, file)
	}
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return heardLog{file, info.Size()}
}

var logLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d [0-9:.]+ \w+ \[(\d+)\] (LOG|DETAIL):  (.*)$`)

// read gives what was written since, also into the files that came after.
func (l heardLog) read(b *testing.B) io.Reader {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(l.path), "*.log"))
	if err != nil {
		b.Fatal(err)
	}
	var all []byte
	for _, path := range files { // their names are moments
		if path < l.path {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if path == l.path {
			raw = raw[l.from:]
		}
		all = append(all, raw...)
	}
	return bytes.NewReader(all)
}

// units are the transactions that confirmed an order, in the order of their commits.
func (l heardLog) units(b *testing.B) (out [][]statement) {
	b.Helper()
	open := map[string][]statement{} // by process
	end := func(pid, kind, text string) {
		switch kind {
		case "LOG":
			for _, sort := range []string{"statement: ", "execute "} {
				rest, ok := strings.CutPrefix(text, sort)
				if !ok {
					continue
				}
				if sort == "execute " {
					_, rest, _ = strings.Cut(rest, ": ")
				}
				open[pid] = append(open[pid], statement{text: rest})
				word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(rest)), " ")
				switch word {
				case "begin":
					open[pid] = open[pid][len(open[pid])-1:]
				case "commit", "rollback":
					if word == "commit" && confirms(open[pid]) {
						out = append(out, open[pid])
					}
					open[pid] = nil
				}
			}
		case "DETAIL":
			if _, values, ok := strings.Cut(text, "arameters: "); ok && len(open[pid]) > 0 {
				open[pid][len(open[pid])-1].values = valuesOf(values)
			}
		}
	}
	var pid, kind string
	var text strings.Builder
	in := bufio.NewReader(l.read(b))
	for {
		line, err := in.ReadString('\n')
		if m := logLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			end(pid, kind, text.String())
			pid, kind = m[1], m[2]
			text.Reset()
			text.WriteString(m[3])
		} else if line != "" {
			text.WriteString("\n" + strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "\t"))
		}
		if err != nil {
			break
		}
	}
	end(pid, kind, text.String())
	return out
}

// confirms tells a confirm by what only it does.
func confirms(unit []statement) bool {
	for _, s := range unit {
		for _, v := range s.values {
			if strings.Contains(string(v), "sales.order.confirmed") {
				return true
			}
		}
	}
	return false
}

// valuesOf reads $1 = 'it”s', $2 = NULL.
func valuesOf(text string) (out [][]byte) {
	for text != "" {
		_, rest, ok := strings.Cut(text, " = ")
		if !ok {
			break
		}
		if after, null := strings.CutPrefix(rest, "NULL"); null {
			out, text = append(out, nil), after
			continue
		}
		rest = strings.TrimPrefix(rest, "'")
		var v strings.Builder
		i := 0
		for ; i < len(rest); i++ {
			if rest[i] == '\'' {
				if i+1 < len(rest) && rest[i+1] == '\'' {
					i++
				} else {
					break
				}
			}
			v.WriteByte(rest[i])
		}
		out, text = append(out, []byte(v.String())), rest[min(i+1, len(rest)):]
	}
	return out
}

// replay sends units to a database over one connection and returns how long each took.
func replay(b *testing.B, address string, units [][]statement) []time.Duration {
	b.Helper()
	conn, err := pgconn.Connect(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(b.Context()))
	names, took := map[string]string{}, make([]time.Duration, len(units))
	for i, unit := range units {
		at := time.Now()
		for _, s := range unit {
			if err := s.run(b.Context(), conn, names); err != nil {
				b.Fatalf("unit %d: %.200s: %v", i, s.text, err)
			}
		}
		took[i] = time.Since(at)
	}
	return took
}

func (s statement) run(ctx context.Context, conn *pgconn.PgConn, names map[string]string) error {
	if len(s.values) == 0 {
		return conn.Exec(ctx, s.text).Close()
	}
	name := names[s.text]
	if name == "" {
		name = "s" + strconv.Itoa(len(names))
		if _, err := conn.Prepare(ctx, name, s.text, nil); err != nil {
			return err
		}
		names[s.text] = name
	}
	res := conn.ExecPrepared(ctx, name, s.values, nil, nil).Read()
	if res.Err != nil {
		return fmt.Errorf("%w: %q", res.Err, s.values)
	}
	return nil
}
