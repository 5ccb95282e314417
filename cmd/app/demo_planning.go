package app

import (
	"fmt"

	"github.com/tenon-hq/tenon/internal/money"
	"github.com/tenon-hq/tenon/modules/production"
)

// workshop makes what planning goes by: days off, and parts that may stand in for others.
func (d *demo) workshop() {
	var days []any
	for y := d.start.Year(); y <= d.end.In(d.start.Location()).Year(); y++ {
		days = append(days, obj{"date": fmt.Sprintf("%d-01-01", y), "hours": "0", "name": "元旦"})
		for n := 1; n <= 3; n++ {
			days = append(days, obj{"date": fmt.Sprintf("%d-05-%02d", y, n), "hours": "0", "name": "劳动节"})
		}
		for n := 1; n <= 7; n++ {
			days = append(days, obj{"date": fmt.Sprintf("%d-10-%02d", y, n), "hours": "0", "name": "国庆节"})
		}
	}
	shift := func(code, name, hours string) string {
		body := obj{"code": code, "name": name, "days": days}
		for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
			body[day+"_hours"] = hours
		}
		return key(d.one("planner", "production.calendar", body))
	}
	one, two := shift("DAY", "单班日历", "8"), shift("TWO", "双班日历", "16")
	for _, w := range rows[production.WorkCenter](d, "") {
		calendar := one
		if w.HoursPerDay.GreaterThan(money.Int(8)) {
			calendar = two
		}
		d.change("planner", "production.work_center", w.ID, obj{"calendar_id": calendar})
	}
	for _, b := range rows[production.BillOfMaterials](d, "product_id = ?", d.products["A-ELEC"]) {
		d.change("planner", "production.bill_of_materials", b.ID, obj{"alternates": []any{
			obj{"component_id": key(d.products["E-HMI-7"]), "product_id": key(d.products["E-HMI-10"]), "quantity": "1", "priority": whole(1)},
		}})
	}
	d.at(d.last-20, func() { d.planAll("月度计划试运行") })
	d.at(130, d.spoilt)
	d.at(270, d.spoilt)
}

// planAll is one planning run over all products.
func (d *demo) planAll(note string) {
	d.one("planner", "production.planning_run", obj{"horizon_days": whole(60), "tolerance_days": whole(5), "note": note})
}

// spoilt makes parts of which some have to be worked over and one is lost.
func (d *demo) spoilt() {
	k := d.one("planner", "production.production_order", obj{"product_id": key(d.products["S-BUCKET"]), "quantity": "12", "note": "备货"})
	d.run("planner", "production.production_order", k, "release", nil)
	if len(rows[production.Order](d, "id = ? AND "+complete, k)) > 0 {
		d.run("planner", "production.production_order", k, "rework", obj{"quantity": "2", "note": "焊缝打磨后复检"})
		d.run("planner", "production.production_order", k, "complete", obj{"quantity": "9", "scrap": "1"})
	}
}
