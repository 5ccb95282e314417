package pgserver

import (
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	keptLogs  = 8
	tailBytes = 4 << 10
)

// startupLog is where the server speaks until its own log is open.
func (f *folder) startupLog() (*os.File, error) {
	out, err := f.root.OpenFile(startupFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return out, f.owner.own(f.root, startupFile)
}

// logs are the names of the server's log files, oldest first.
func (f *folder) logs() []string {
	names, _ := fs.Glob(f.root.FS(), logDir+"/postgresql-*.log")
	slices.Sort(names) // the time is in the name
	return names
}

// prune removes all but the newest logs.
func (f *folder) prune() {
	names := f.logs()
	for _, name := range names[:max(0, len(names)-keptLogs)] {
		_ = f.root.Remove(name)
	}
}

// tail is the end of what the server said since then.
func (f *folder) tail(since time.Time) string {
	text := f.end(startupFile)
	if names := f.logs(); len(names) > 0 {
		last := names[len(names)-1]
		if info, err := f.root.Stat(last); err == nil && !info.ModTime().Before(since.Add(-time.Second)) {
			text += f.end(last)
		}
	}
	return strings.TrimSpace(text)
}

func (f *folder) end(name string) string {
	file, err := f.root.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return ""
	} else if over := info.Size() - tailBytes; over > 0 {
		_, _ = file.Seek(over, io.SeekStart)
	}
	text, _ := io.ReadAll(io.LimitReader(file, tailBytes))
	return string(text)
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
