package people

import (
	"context"
	"fmt"

	"github.com/tenon-hq/tenon/engine/relay"
	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/id"
	"github.com/tenon-hq/tenon/tenancy"
)

// write writes and sends one mail. It may be called again for the same one: then what the first mail said is good no more.
func (d *Door) write(ctx context.Context, l relay.LetterArgs) error {
	if !d.MailOn() {
		return nil
	}
	if l.What == reset {
		return d.writeReset(ctx, l.About)
	}
	about, err := id.Parse(l.About)
	if err != nil {
		return err
	}
	switch l.What {
	case verify:
		return d.writeVerify(ctx, about)
	case invite:
		tenant, err := id.Parse(l.Tenant)
		if err != nil {
			return err
		}
		return d.writeInvitation(ctx, tenant, about)
	}
	return fmt.Errorf("no letter is called %s", l.What)
}

func hello(name string, lang i18n.Lang) string {
	if name == "" {
		return i18n.T("您好：", "Hello,").In(lang) + "\n\n"
	}
	return fmt.Sprintf(i18n.T("%s，您好：", "Hello %s,").In(lang), name) + "\n\n"
}

func ignore(lang i18n.Lang) string {
	return i18n.T("如果不是您本人操作，请忽略此邮件，无需任何处理。", "If this was not you, ignore this mail: nothing happens.").In(lang) + "\n\n-- \nTenon\n"
}

func verifyLetter(p tenancy.Person, code, link string) Letter {
	text := i18n.T(
		"您的验证码是 "+code+"，30 分钟内有效。\n\n也可以在 24 小时内打开此链接：\n"+link+"\n\n",
		"Your code is "+code+". It is good for 30 minutes.\n\nOr open this link within 24 hours:\n"+link+"\n\n").In(p.Locale)
	return Letter{
		Email: p.Email, Name: p.Name, Locale: p.Locale, Sender: "Tenon",
		Subject: i18n.T("邮箱验证码 "+code, "Your code is "+code).In(p.Locale), Body: hello(p.Name, p.Locale) + text + ignore(p.Locale),
	}
}

func resetLetter(email, name string, lang i18n.Lang, link string) Letter {
	text := i18n.T("请在一小时内打开此链接，设置新密码：\n"+link+"\n\n设置后，所有已登录的设备都会退出。\n\n",
		"Open this link within an hour to set a new password:\n"+link+"\n\nAll devices that are logged in will be logged out then.\n\n").In(lang)
	return Letter{Email: email, Name: name, Locale: lang, Sender: "Tenon", Subject: i18n.T("重设密码", "Set a new password").In(lang), Body: hello(name, lang) + text + ignore(lang)}
}

func inviteLetter(x *Invitation, company, by, link string) Letter {
	lang := i18n.Lang(x.Locale)
	text := i18n.T(
		by+" 邀请您加入 "+company+"。\n\n请在七天内打开此链接：\n"+link+"\n\n",
		by+" invites you to join "+company+".\n\nOpen this link within seven days:\n"+link+"\n\n").In(lang)
	return Letter{
		Email: x.Email, Name: x.Name, Locale: lang, Sender: company,
		Subject: i18n.T("邀请您加入 "+company, "Join "+company).In(lang), Body: hello(x.Name, lang) + text + ignore(lang),
	}
}
