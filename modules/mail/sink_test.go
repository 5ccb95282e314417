package mail_test

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
)

// sink is a small SMTP server that keeps what it accepts. Addresses that start with "nobody" are refused for good, "busy" for now.
type sink struct {
	port int

	mu       sync.Mutex
	mails    []received
	sessions int
	badFrom  bool // refuse the sender
	patient  bool // "busy" has room now
}

type received struct {
	from, to                      string
	subject, body, id, sender, in string // in: the To header
	auto                          string
}

func newSink(t *testing.T) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{port: l.Addr().(*net.TCPAddr).Port}
	var wg sync.WaitGroup
	var conns []net.Conn
	open := func(c net.Conn) {
		s.mu.Lock()
		defer s.mu.Unlock()
		conns = append(conns, c)
	}
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open(c)
			wg.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.mu.Lock()
		for _, c := range conns { // a client that gives up before it has said anything leaves its connection to the garbage collector
			c.Close()
		}
		s.mu.Unlock()
		wg.Wait()
	})
	return s
}

func (s *sink) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	in := bufio.NewReader(c)
	say := func(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }
	say("220 sink ESMTP")
	var from, to string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.TrimSpace(line))
		switch {
		case strings.HasPrefix(verb, "EHLO"):
			say("250-sink\r\n250 8BITMIME")
		case strings.HasPrefix(verb, "MAIL FROM:"):
			if s.badFrom {
				say("550 sender not allowed")
				continue
			}
			from = address(line)
			say("250 ok")
		case strings.HasPrefix(verb, "RCPT TO:"):
			to = address(line)
			s.mu.Lock()
			full := strings.HasPrefix(to, "busy") && !s.patient
			s.mu.Unlock()
			switch {
			case strings.HasPrefix(to, "nobody"):
				say("550 no such user <%s>", to)
			case full:
				say("451 <%s> try later", to)
			default:
				say("250 ok")
			}
		case verb == "DATA":
			say("354 go on")
			s.keep(from, to, data(in))
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return
		default: // NOOP, RSET
			say("250 ok")
		}
	}
}

func address(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	a, _, _ := strings.Cut(rest, ">")
	return a
}

func data(in *bufio.Reader) string {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return b.String()
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

func (s *sink) keep(from, to, raw string) {
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		panic(err)
	}
	text := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		text = quotedprintable.NewReader(text)
	}
	body, _ := io.ReadAll(text)
	word := new(mime.WordDecoder)
	decoded := func(name string) string { s, _ := word.DecodeHeader(m.Header.Get(name)); return s }
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, received{
		from: from, to: to, subject: decoded("Subject"), body: strings.ReplaceAll(string(body), "\r\n", "\n"), id: m.Header.Get("Message-ID"),
		sender: decoded("From"), in: decoded("To"), auto: m.Header.Get("Auto-Submitted"),
	})
}

func (s *sink) received() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}
