package mail

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/purchasing/purchasingevent"
)

// letter is one mail to one person.
type letter struct {
	to            Recipient
	sender        string // the company's name
	subject, body string

	// Of a letter that a person wrote, and no program:
	personal bool
	also     []string // further addresses
	reply    string   // where answers go
	file     []byte   // a PDF that goes along
	fileName string
}

// notice writes a notification to a user.
func notice(to Recipient, text i18n.Text, company, app string) letter {
	said := text.In(to.Locale)
	var b strings.Builder
	b.WriteString(greeting(to))
	b.WriteString(said + "\n\n")
	if app != "" {
		b.WriteString(i18n.T("登录查看："+app, "See it in the app: "+app).In(to.Locale) + "\n\n")
	}
	b.WriteString("-- \n")
	b.WriteString(i18n.T(company+"。此邮件由系统自动发出；不想再收到时，可在个人设置中关闭邮件通知。",
		company+". This mail was sent automatically; you can switch mails off in your settings.").In(to.Locale) + "\n")
	return letter{to: to, sender: company, subject: oneLine(said), body: b.String()}
}

// progress writes to a customer how far their project is.
func progress(to Recipient, text i18n.Text, percent money.Percent, company string) letter {
	said := text.In(to.Locale)
	done := percent.Round(2).String()
	body := greeting(to) + said + "\n\n" + i18n.T("项目当前进度："+done+"%。", "The project is "+done+"% complete.").In(to.Locale) + "\n\n-- \n" + company + "\n"
	return letter{to: to, sender: company, subject: oneLine(i18n.T("项目进展："+said, "Project progress: "+said).In(to.Locale)), body: body}
}

// reminder writes to a customer what is overdue.
func reminder(to Recipient, text i18n.Text, company string) letter {
	body := greeting(to) + text.In(to.Locale) + "\n\n-- \n" + company + "\n"
	return letter{to: to, sender: company, subject: oneLine(i18n.T("付款提醒："+company, "Payment reminder from "+company).In(to.Locale)), body: body}
}

// inquiry asks a vendor for an offer, or reminds of it.
func inquiry(to Recipient, e purchasingevent.QuotationRequested, company string) letter {
	what := i18n.T("询价 "+e.No, "Request for quotation "+e.No)
	said := i18n.T("请就以下各项报价：", "please let us have your offer for:")
	if e.Reminder {
		what = i18n.T("提醒："+what.ZH, "Reminder: "+what.EN)
		said = i18n.T("我们尚未收到贵司对以下各项的报价：", "we have not received your offer yet for:")
	}
	subject := what.In(to.Locale)
	if e.Title != "" {
		subject += " · " + e.Title
	}
	body := greeting(to) + said.In(to.Locale) + "\n\n" + e.Text.In(to.Locale) + "\n\n-- \n" + company + "\n"
	return letter{to: to, sender: company, subject: oneLine(subject), body: body}
}

func greeting(to Recipient) string {
	if to.Name == "" {
		return i18n.T("您好：", "Hello,").In(to.Locale) + "\n\n"
	}
	return fmt.Sprintf(i18n.T("%s，您好：", "Hello %s,").In(to.Locale), oneLine(to.Name)) + "\n\n"
}

// longest is how many characters of a text fit into a subject.
const longest = 120

// oneLine makes a text fit for a header: no line breaks or other control characters, not too long.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	return s
}
