package entity

// Called is what a record that the program itself made is called in either language; its own name is in the company's. Both are empty for what people name:
// their name counts for every reader.
type Called struct {
	NameZH string `bun:"name_zh,notnull"`
	NameEN string `bun:"name_en,notnull"`
}

// DescribeNames says what the names mean. The record's title is its name.
func (c *Called) DescribeNames(d *Desc) {
	help := T("中文用户看到的名称；留空则显示名称", "What who reads Chinese sees; empty: the name")
	d.Field(&c.NameZH, Field{Label: T("中文名称", "Chinese name"), Help: help, Search: true, Aside: true})
	help = T("英文用户看到的名称；留空则显示名称", "What who reads English sees; empty: the name")
	d.Field(&c.NameEN, Field{Label: T("英文名称", "English name"), Help: help, Search: true, Aside: true})
}

// Names calls a record by what a text says in both languages.
func Names(t Text) Called { return Called{NameZH: t.ZH, NameEN: t.EN} }

// Rename forgets what a record was called once somebody has given it another name, and no names in the languages with it.
func (c *Called) Rename(was Called) {
	if *c == was {
		*c = Called{}
	}
}
