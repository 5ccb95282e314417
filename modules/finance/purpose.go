package finance

import "github.com/tenon-hq/tenon/entity"

// The purposes for which a default account is kept.
const (
	forReceivable      = "receivable"
	forCustomerAdvance = "customer_advance"
	forPayable         = "payable"
	forVendorAdvance   = "vendor_advance"
	forRevenue         = "revenue"
	forContract        = "contract"
	forOutputTax       = "output_tax"
	forInputTax        = "input_tax"
	forInventory       = "inventory"
	forReceived        = "goods_received"
	forCostOfSales     = "cost_of_sales"
	forProduction      = "work_in_progress"
	forStockDifference = "stock_difference"
	forVariance        = "price_variance"
	forMaterialPrice   = "variance_material_price"
	forMaterialUsage   = "variance_material_usage"
	forLabourRate      = "variance_labour_rate"
	forLabourEffort    = "variance_labour_efficiency"
	forYield           = "variance_lot_scrap"
	forRework          = "variance_rework"
	forLabour          = "labour"
	forExpense         = "expense"
	forBank            = "bank"
	forCash            = "cash"
	forExchange        = "exchange_difference"
	forYearResult      = "year_result"
	forDeposit         = "deposit"
	forWriteOff        = "write_off"
	forRounding        = "rounding"
	forUnrealised      = "unrealised_exchange"
)

// purpose is one row of the table from which settings are seeded and chosen.
type purpose struct {
	name    string
	label   entity.Text
	account string // code
}

func purposes() []purpose {
	return []purpose{
		{forReceivable, entity.T("应收账款", "Receivables"), "1122"},
		{forCustomerAdvance, entity.T("客户预收款", "Advances from customers"), "2203"},
		{forPayable, entity.T("应付账款", "Payables"), "2202"},
		{forVendorAdvance, entity.T("供应商预付款", "Advances to vendors"), "1123"},
		{forRevenue, entity.T("销售收入", "Revenue"), "6001"},
		{forContract, entity.T("合同资产与合同负债", "Contract assets and liabilities"), "2205"},
		{forOutputTax, entity.T("销项税额", "Output VAT"), "22210107"},
		{forInputTax, entity.T("进项税额", "Input VAT"), "22210101"},
		{forInventory, entity.T("存货", "Inventory"), "1405"},
		{forReceived, entity.T("暂估应付（货到票未到）", "Goods received, not billed"), "220202"},
		{forCostOfSales, entity.T("销售成本", "Cost of goods sold"), "6401"},
		{forProduction, entity.T("生产成本（在制品）", "Work in progress"), "5001"},
		{forStockDifference, entity.T("盘盈盘亏与报废", "Stock differences and scrap"), "1901"},
		{forVariance, entity.T("价格差异", "Price variance"), "1404"},
		{forMaterialPrice, entity.T("生产差异：材料价格", "Production variance: material price"), "140401"},
		{forMaterialUsage, entity.T("生产差异：材料用量", "Production variance: material usage"), "140402"},
		{forLabourRate, entity.T("生产差异：人工与机器费率", "Production variance: labour and machine rate"), "140403"},
		{forLabourEffort, entity.T("生产差异：人工与机器效率", "Production variance: labour and machine efficiency"), "140404"},
		{forYield, entity.T("生产差异：批量与报废", "Production variance: lot size and scrap"), "140405"},
		{forRework, entity.T("生产差异：返工", "Production variance: rework"), "140406"},
		{forLabour, entity.T("直接人工", "Direct labour"), "2211"},
		{forExpense, entity.T("费用", "Expenses"), "6602"},
		{forBank, entity.T("银行存款", "Bank"), "1002"},
		{forCash, entity.T("库存现金", "Cash"), "1001"},
		{forExchange, entity.T("汇兑损益", "Exchange differences"), "660303"},
		{forYearResult, entity.T("年终结转", "Year's result"), "410415"},
		{forDeposit, entity.T("预收款发票（合同负债）", "Deposits invoiced"), "2205"},
		{forWriteOff, entity.T("核销差额", "Write-offs"), "6711"},
		{forRounding, entity.T("发票尾差", "Rounding on bills"), "660302"},
		{forUnrealised, entity.T("未实现汇兑损益", "Unrealised exchange differences"), "660303"},
	}
}

func purposeOptions() []entity.Option {
	list := purposes()
	out := make([]entity.Option, len(list))
	for i, p := range list {
		out[i] = entity.Option{Value: p.name, Label: p.label}
	}
	return out
}
