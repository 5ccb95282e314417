package keys

import (
	"context"
	"errors"
	"strings"

	"github.com/tenon-hq/tenon/internal/id"
)

// byArchiveKey starts the wrapped key of an archive that has the tenant's archive key; those before had the key that also wraps the data keys.
const byArchiveKey = "archive:"

// archiveName is the installation's key that wraps the keys of a tenant's archives. It is rotated with the tenant's key, but its older versions go on
// opening: an archive can't be wrapped anew where it lies.
func archiveName(tenant id.ID) string { return "archive-" + tenant.String() }

// WrapArchive wraps the key of an archive with the installation's key for a tenant. It needs nothing of the tenant's own tables, so the archive opens
// after these are lost; when the tenant's keys are destroyed, its archives stay shut.
func (s *Service) WrapArchive(ctx context.Context, tenant id.ID, secret []byte) (string, error) {
	if tenant.IsZero() {
		return "", unavailable(errors.New("an archive without a tenant"))
	}
	if err := s.cfg.Platform.Ensure(ctx, archiveName(tenant)); err != nil {
		return "", unavailable(err)
	}
	out, err := s.cfg.Platform.Wrap(ctx, archiveName(tenant), [][]byte{secret})
	if err != nil {
		return "", unavailable(err)
	}
	return byArchiveKey + out[0], nil
}

// UnwrapArchive opens what WrapArchive made.
func (s *Service) UnwrapArchive(ctx context.Context, tenant id.ID, wrapped string) ([]byte, error) {
	name := tenant.String()
	wrapped, found := strings.CutPrefix(wrapped, byArchiveKey)
	if found {
		name = archiveName(tenant)
	}
	out, err := s.cfg.Platform.Unwrap(ctx, name, []string{wrapped})
	if err != nil {
		return nil, unavailable(err)
	}
	return out[0], nil
}

// rotateArchives gives a tenant's archive key a new version, if it has one.
func (s *Service) rotateArchives(ctx context.Context, tenant id.ID) error {
	_, err := s.cfg.Platform.Rotate(ctx, archiveName(tenant))
	if missing(err) {
		return nil
	}
	return err
}

func missing(err error) bool {
	t, ok := errors.AsType[*Trouble](err)
	return ok && t.What == KeyMissing
}
