package app

import (
	"os"
	"testing"
)

func TestHeapLimitFollowsTheContainer(t *testing.T) {
	for _, x := range []struct {
		files map[string]string
		want  int64
	}{
		{nil, usualHeap},
		{map[string]string{"/sys/fs/cgroup/memory.max": "max\n"}, usualHeap},
		{map[string]string{"/sys/fs/cgroup/memory.max": "268435456\n"}, 268435456 / 5 * 4},
		{map[string]string{"/sys/fs/cgroup/memory.max": "8589934592\n"}, usualHeap},
		{map[string]string{"/sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n"}, 134217728 / 5 * 4},
		{map[string]string{"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, usualHeap}, // version 1 without a limit
	} {
		got := heapLimit(func(path string) ([]byte, error) {
			if text, ok := x.files[path]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		})
		if got != x.want {
			t.Errorf("%v: %d, want %d", x.files, got, x.want)
		}
	}
}
