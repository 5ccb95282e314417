package billing

import (
	"strings"

	"github.com/tenon-hq/tenon/internal/i18n"
	"github.com/tenon-hq/tenon/internal/money"
)

func letter(subjectZH, subjectEN, bodyZH, bodyEN string) Letter {
	return Letter{Subject: i18n.T(subjectZH, subjectEN), Body: i18n.T(bodyZH, bodyEN)}
}

func trialEnding(n int) Letter {
	if n == 1 {
		return letter("试用期将在一天内结束", "Your trial ends within a day",
			"请在“账单”中选择付款方式，否则到期后企业变为只读；数据不会丢失。", "Choose under Billing how you want to pay. Without that the workspace becomes read-only; no data is lost.")
	}
	return letter("试用期将在三天内结束", "Your trial ends within three days",
		"请在“账单”中选择付款方式，否则到期后企业变为只读；数据不会丢失。", "Choose under Billing how you want to pay. Without that the workspace becomes read-only; no data is lost.")
}

// letterOf tells what a state means, and the way back.
func letterOf(state, cause string, t Terms) Letter {
	fill := func(l Letter) Letter {
		r := strings.NewReplacer("{grace}", number(t.Grace), "{readonly}", number(t.ReadOnly), "{suspended}", number(t.Suspended), "{closing}", number(t.Closing))
		l.Body = i18n.T(r.Replace(l.Body.ZH), r.Replace(l.Body.EN))
		return l
	}
	switch {
	case state == Active:
		return letter("企业账户已启用", "Your workspace is active", "所有功能均可使用。", "Everything can be used.")
	case state == PastDue:
		return fill(letter("有账单逾期未付", "An invoice is overdue", "目前一切照常。请在 {grace} 天内付款，之后企业将变为只读。",
			"Everything goes on as before. Please pay within {grace} days; after that the workspace becomes read-only."))
	case state == ReadOnly && cause == causeCap:
		return letter("本月预算上限已达到，企业变为只读", "Your monthly limit is reached: the workspace is read-only", "只读期间不计费。提高或取消上限后立即恢复，否则下月自动恢复。",
			"Nothing is charged meanwhile. Raise or lift the limit to go on at once; it ends by itself with the month.")
	case state == ReadOnly:
		return fill(letter("企业变为只读", "Your workspace is read-only", "可以查看、导出和付款。付款或选择付款方式后立即恢复；{readonly} 天后将停用。数据不会丢失。",
			"It can be read, exported and paid for. It comes back as soon as you pay, or say how you will; after {readonly} days it is suspended. No data is lost."))
	case state == Suspended && cause == causeOperator:
		return letter("企业已被停用", "Your workspace is suspended", "所有者和管理员仍可登录查看和导出。请联系我们。", "Owners and admins can still log in, read and export. Please contact us.")
	case state == Suspended:
		return fill(letter("企业已停用", "Your workspace is suspended", "所有者和管理员仍可登录导出和付款，付款后立即恢复；{suspended} 天后开始关闭。",
			"Owners and admins can still log in to export and to pay, which brings it back at once; after {suspended} days it begins to close."))
	case state == Closing:
		return fill(letter("企业将关闭：请导出数据", "Your workspace will close: take your data with you", "请在 {closing} 天内导出数据。之后密钥被销毁、数据被删除，无法恢复。在此之前可在“账单”中撤回。",
			"Export your data within {closing} days. After that its keys are destroyed and its data is deleted for good. Until then the request can be taken back under Billing."))
	case state == Closed:
		return letter("企业已关闭", "Your workspace is closed", "数据已删除，密钥已销毁。账单按法律要求保留。", "Its data is deleted and its keys are destroyed. Invoices are kept as the law demands.")
	}
	return letter("试用开始", "Your trial has begun", "试用期内不收费。", "Nothing is charged during the trial.")
}

func wantsConsent() Letter {
	return letter("关闭企业需要两人同意", "Closing takes the consent of two people",
		"等待期已过。请两位负责人（所有者、管理员或安全员）在“密钥”页面分别同意销毁密钥；在此之前数据保留，仍可撤回。",
		"The waiting period is over. Two people (owners, admins or security officers) have to agree under Keys that the keys be destroyed; "+
			"until then the data stays and the request can be taken back.")
}

func shredded(certificate string) Letter {
	return letter("密钥已销毁：销毁证书", "The keys are destroyed: the certificate",
		"贵企业的密钥已销毁，其后的核验证明数据、数据密钥和备份均无法打开。已签名的证书见 "+certificate+" ，请自行保存。",
		"Your company's keys are destroyed; what was tried afterwards shows that neither data, data keys nor backups open. The signed certificate is at "+certificate+" ; please keep a copy.")
}

func number(n int) string { return money.Int(int64(n)).String() }

func budgetLetter(percent int64, cost, budget money.Amount, currency string) Letter {
	p, c, b := money.Int(percent).String(), cost.String()+" "+currency, budget.String()+" "+currency
	return letter("本月费用已达预算的 "+p+"%", "This month's cost has reached "+p+" % of your budget",
		"目前 "+c+"，预算 "+b+"（不含税）。", "So far "+c+" of "+b+", before tax.")
}

func invoiceLetter(v *Invoice) Letter {
	sum := v.Total.StringFixed(money.MinorUnit(v.Currency)) + " " + v.Currency
	return letter("账单 "+v.No+"："+sum, "Invoice "+v.No+": "+sum,
		v.First.String()+" 至 "+v.Last.String()+"，"+v.Due.String()+" 前支付。每一行都可在“账单”中展开到产生它的事件。",
		v.First.String()+" to "+v.Last.String()+", due on "+v.Due.String()+". Each of its lines opens to the events behind it under Billing.")
}

func failedLetter() Letter {
	return letter("付款失败", "A payment failed", "请在“账单”中更换付款方式或重新支付。目前一切照常。", "Please change the method or pay again under Billing. Everything goes on as before.")
}

func actionLetter() Letter {
	return letter("付款需要您确认", "A payment needs your confirmation", "银行要求您确认这笔付款，请在“账单”中打开账单完成确认。", "Your bank asks you to confirm this payment: open the invoice under Billing.")
}
