package pgserver

import "fmt"

const mb = 1 << 20

// settings is the text of tenon.conf for a machine with so many bytes of memory (0: not known).
func settings(unsafe bool, memory int64) string {
	shared, cache := int64(256), int64(1024)
	if memory > 0 {
		shared = min(256, max(32, memory/mb/8))
		cache = max(64, memory/mb/2)
	}
	text := fmt.Sprintf(`# Written by Tenon at each start: changes here are lost. Use ALTER SYSTEM, or local.conf beside this file.
include 'cluster/postgresql.conf'

max_connections = 200
# A tenant that is made at once takes over 400 locks.
max_locks_per_transaction = 512
shared_buffers = %dMB
effective_cache_size = %dMB
work_mem = 8MB
maintenance_work_mem = 64MB
random_page_cost = 1.1
jit = off

min_wal_size = 80MB
max_wal_size = 1GB
wal_compression = on
password_encryption = 'scram-sha-256'
ssl = off
timezone = 'UTC'

logging_collector = on
log_destination = 'stderr'
log_directory = '../log'
log_filename = 'postgresql-%%Y%%m%%d-%%H%%M%%S.log'
log_rotation_age = 1d
log_rotation_size = 10MB
log_file_mode = 0600
log_line_prefix = '%%m [%%p] '
log_timezone = 'UTC'
log_checkpoints = off
# A failed statement may hold personal data.
log_min_error_statement = panic
`, shared, cache)
	if unsafe {
		text += "\n# For tests only.\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
	}
	return text + "\ninclude_if_exists 'local.conf'\n"
}
