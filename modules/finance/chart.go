package finance

import (
	"strings"
)

// chart is the template of 企业会计准则: code, Chinese name, English name. A minus before the code turns the usual side of the balance round. The
// parent is the longest other code with which a code begins.
const chart = `
1001|库存现金|Cash on hand
1002|银行存款|Cash at bank
1012|其他货币资金|Other monetary funds
1101|交易性金融资产|Financial assets held for trading
1121|应收票据|Notes receivable
1122|应收账款|Accounts receivable
1123|预付账款|Advances to suppliers
1131|应收股利|Dividends receivable
1132|应收利息|Interest receivable
1221|其他应收款|Other receivables
-1231|坏账准备|Allowance for doubtful accounts
1401|材料采购|Material purchases
1402|在途物资|Goods in transit
1403|原材料|Raw materials
1404|材料成本差异|Material cost variance
140401|材料价格差异|Material price variance
140402|材料用量差异|Material usage variance
140403|人工与机器费率差异|Labour and machine rate variance
140404|人工与机器效率差异|Labour and machine efficiency variance
140405|批量与报废差异|Lot size and scrap variance
140406|返工差异|Rework variance
1405|库存商品|Finished goods
1406|发出商品|Goods shipped on approval
-1407|商品进销差价|Difference between purchase and sales price
1408|委托加工物资|Materials at subcontractors
1411|周转材料|Revolving materials
-1471|存货跌价准备|Allowance for inventory write-down
1501|债权投资|Debt investments
1511|长期股权投资|Long-term equity investments
-1512|长期股权投资减值准备|Impairment of long-term equity investments
1521|投资性房地产|Investment property
1531|长期应收款|Long-term receivables
1601|固定资产|Fixed assets
-1602|累计折旧|Accumulated depreciation
-1603|固定资产减值准备|Impairment of fixed assets
1604|在建工程|Construction in progress
1605|工程物资|Construction materials
1606|固定资产清理|Disposal of fixed assets
1701|无形资产|Intangible assets
-1702|累计摊销|Accumulated amortisation
-1703|无形资产减值准备|Impairment of intangible assets
1711|商誉|Goodwill
1801|长期待摊费用|Long-term deferred expenses
1811|递延所得税资产|Deferred tax assets
1901|待处理财产损溢|Assets awaiting disposal
190101|待处理流动资产损溢|Current assets awaiting disposal
190102|待处理固定资产损溢|Fixed assets awaiting disposal
2001|短期借款|Short-term loans
2101|交易性金融负债|Financial liabilities held for trading
2201|应付票据|Notes payable
2202|应付账款|Accounts payable
220202|暂估应付账款|Goods received, not billed
2203|预收账款|Advances from customers
2205|合同负债|Contract liabilities
2211|应付职工薪酬|Employee benefits payable
221101|工资、奖金、津贴和补贴|Wages, bonuses and allowances
221102|社会保险费|Social insurance
221103|住房公积金|Housing fund
2221|应交税费|Taxes payable
222101|应交增值税|VAT payable
-22210101|进项税额|Input VAT
-22210102|已交税金|VAT paid
-22210103|转出未交增值税|Unpaid VAT transferred out
22210107|销项税额|Output VAT
22210108|进项税额转出|Input VAT transferred out
22210109|转出多交增值税|Overpaid VAT transferred out
222102|未交增值税|Unpaid VAT
-222103|待认证进项税额|Input VAT to be certified
222104|待转销项税额|Output VAT to be transferred
222105|应交企业所得税|Corporate income tax payable
222106|应交城市维护建设税|Urban maintenance tax payable
222107|应交教育费附加|Education surcharge payable
222108|应交个人所得税|Individual income tax payable
2231|应付利息|Interest payable
2232|应付股利|Dividends payable
2241|其他应付款|Other payables
2401|递延收益|Deferred income
2501|长期借款|Long-term loans
2502|应付债券|Bonds payable
2701|长期应付款|Long-term payables
-2702|未确认融资费用|Unrecognised finance charges
2801|预计负债|Provisions
2901|递延所得税负债|Deferred tax liabilities
4001|实收资本|Paid-in capital
4002|资本公积|Capital reserve
4101|盈余公积|Surplus reserve
410101|法定盈余公积|Statutory surplus reserve
410102|任意盈余公积|Discretionary surplus reserve
4103|本年利润|Profit for the year
4104|利润分配|Profit distribution
-410401|提取法定盈余公积|Appropriation to statutory reserve
-410402|应付现金股利或利润|Dividends declared
410415|未分配利润|Retained earnings
-4201|库存股|Treasury shares
5001|生产成本|Production cost
5101|制造费用|Manufacturing overhead
5201|劳务成本|Service cost
5301|研发支出|Research and development
530101|费用化支出|Expensed development cost
530102|资本化支出|Capitalised development cost
6001|主营业务收入|Revenue
6011|利息收入|Interest income
6051|其他业务收入|Other operating revenue
6101|公允价值变动损益|Gains on changes in fair value
6111|投资收益|Investment income
6115|资产处置损益|Gains on disposal of assets
6117|其他收益|Other income
6301|营业外收入|Non-operating income
6401|主营业务成本|Cost of goods sold
6402|其他业务成本|Cost of other operations
6403|税金及附加|Taxes and surcharges
6601|销售费用|Selling expenses
660101|职工薪酬|Salaries (selling)
660102|运输费|Freight
660103|广告宣传费|Advertising
660104|业务招待费|Entertainment (selling)
660105|差旅费|Travel (selling)
6602|管理费用|Administrative expenses
660201|职工薪酬|Salaries (administration)
660202|办公费|Office expenses
660203|差旅费|Travel (administration)
660204|折旧费|Depreciation
660205|租赁费|Rent
660206|中介服务费|Professional fees
6603|财务费用|Finance costs
660301|利息支出|Interest expense
660302|手续费|Bank charges
660303|汇兑损益|Exchange differences
6701|资产减值损失|Asset impairment losses
6702|信用减值损失|Credit impairment losses
6711|营业外支出|Non-operating expenses
6801|所得税费用|Income tax expense
6901|以前年度损益调整|Prior year adjustments
`

// small are the accounts of the small chart, beside those that have a purpose and their parents: the same codes and what else a small company abroad
// posts on.
const small = `1601 1602 1701 1801 2001 2211 2221 2241 2501 4001 4103 4104 5101 6011 6051 6301 6402 6403 6601 660102 660103 6602 660201 660202 660203 660204
660205 660206 6603 660301 660302 6701 6801`

// inSmall tells of each code whether it is part of the small chart.
func inSmall() map[string]bool {
	codes := strings.Fields(small)
	for _, p := range purposes() {
		codes = append(codes, p.account)
	}
	keep := map[string]bool{}
	for _, code := range codes {
		for n := 4; n <= len(code); n++ {
			keep[code[:n]] = true
		}
	}
	return keep
}

// accounts reads the chart for companies that keep their books in a currency: 企业会计准则 for yuan, the small English one for all others. Ids and parents
// are given by the caller.
func accounts(currency string) []*Account {
	var list []*Account
	keep := inSmall()
	for line := range strings.SplitSeq(strings.TrimSpace(chart), "\n") {
		part := strings.Split(line, "|")
		code, turned := strings.CutPrefix(part[0], "-")
		if currency != "CNY" && !keep[code] {
			continue
		}
		a := &Account{Code: code, Name: part[1], NameEN: part[2], Type: accountType(code), Active: true}
		a.Side = "debit"
		if credit := a.Type == "liability" || a.Type == "equity" || a.Type == "income"; credit != turned {
			a.Side = "credit"
		}
		list = append(list, a)
	}
	return list
}

// accountType follows from the code: 1 assets, 2 liabilities, 4 equity, 5 costs, 60 to 63 income, other 6 expenses.
func accountType(code string) string {
	switch code[0] {
	case '1':
		return "asset"
	case '2':
		return "liability"
	case '4':
		return "equity"
	case '5':
		return "cost"
	}
	if code[1] <= '3' {
		return "income"
	}
	return "expense"
}

// parents joins each account to the one with the longest shorter code with which its own begins.
func parents(list []*Account) {
	byCode := make(map[string]*Account, len(list))
	for _, a := range list {
		byCode[a.Code] = a
	}
	for _, a := range list {
		for n := len(a.Code) - 1; n >= 4; n-- {
			if p := byCode[a.Code[:n]]; p != nil {
				a.ParentID = p.ID
				break
			}
		}
	}
}
