package entity

import (
	"regexp"
	"testing"
)

// TestKindIsCalledInWords wants no code of a kind in a message that people read, in either language.
func TestKindIsCalledInWords(t *testing.T) {
	latin := regexp.MustCompile(`[a-z]`)
	for _, k := range []Kind{KindID, KindText, KindBool, KindInt, KindAmount, KindQuantity, KindPrice, KindPercent, KindDate, KindTime, KindJSON, KindTexts, KindBytes} {
		if said := k.Called(); latin.MatchString(said.ZH) || !latin.MatchString(said.EN) {
			t.Errorf("%s is called %q and %q", k, said.ZH, said.EN)
		}
	}
}
