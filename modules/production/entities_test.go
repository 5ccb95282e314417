package production

import (
	"testing"

	"github.com/tenon-hq/tenon/entity"
)

func TestDescriptions(t *testing.T) {
	for _, rec := range Module(Plugs{}).Entities {
		if _, err := entity.Compile(rec); err != nil {
			t.Error(err)
		}
	}
}
