package app

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tenon-hq/tenon/entity"
)

// year plays day after day: first what is on the agenda, then what everybody does on such a day.
func (d *demo) year() {
	for day := 1; day <= d.last && d.err == nil; day++ {
		if d.err = d.ctx.Err(); d.err != nil {
			return
		}
		d.dawn(day)
		today := d.start.AddDate(0, 0, day)
		if today.Day() == 1 {
			d.tell(entity.T(today.Format("2006 年 1 月"), today.Format("January 2006")))
		}
		if day < d.last && !d.working(day) {
			continue
		}
		d.decide()
		for _, do := range d.agenda[day] {
			do()
		}
		d.workday(today)
	}
}

// workday is what everybody does of their own accord.
func (d *demo) workday(today time.Time) {
	switch today.Weekday() {
	case time.Monday:
		d.makeGoods()
		d.visitProjects()
	case time.Tuesday:
		d.buy()
		d.receive()
	case time.Wednesday:
		d.makeGoods()
		d.askVendors()
		d.enterBills()
		d.collect()
	case time.Thursday:
		d.receive()
		d.ship()
		d.payBills()
	case time.Friday:
		d.makeGoods()
		d.buy()
		d.ship()
	}
	if d.firstWorkday(today) {
		d.month(today)
	}
}

// firstWorkday tells that no earlier day of the month was one.
func (d *demo) firstWorkday(today time.Time) bool {
	for n := 1; n < today.Day(); n++ {
		if d.working(d.day - n) {
			return false
		}
	}
	return d.working(d.day)
}

// month is what comes once a month: rates, wages, a count, goods moved to the show room, stock filled up.
func (d *demo) month(today time.Time) {
	name := today.Format("2006-01")
	usd, eur := fmt.Sprintf("7.%02d", 5+d.dice.n(25)), fmt.Sprintf("7.%02d", 60+d.dice.n(40))
	d.add("finance", "finance.exchange_rate", obj{"currency": "USD", "date": d.date(0), "rate": usd}, obj{"currency": "EUR", "date": d.date(0), "rate": eur})
	wages := strconv.Itoa(88000 + 100*d.dice.n(60))
	d.journal(name+" 管理人员工资", obj{"account_id": d.account("6602"), "debit": wages}, obj{"account_id": d.account("1002"), "credit": wages})
	d.journal(name+" 厂房租金", obj{"account_id": d.account("6602"), "debit": "32000"}, obj{"account_id": d.account("1002"), "credit": "32000"})
	last := today.AddDate(0, 0, -today.Day())
	d.revalue(last.Format("2006-01"), -today.Day())
	d.remind(name)
	d.statement(12, true)
	d.fillUp()
	if today.Month()%3 == 1 {
		d.recount(fmt.Sprintf("%d 年第 %d 季度抽盘", today.Year(), (today.Month()+2)/3))
	}
	d.moveGoods()
	d.lockPeriod(today.AddDate(0, -4, 0).Format("2006-01"))
}
