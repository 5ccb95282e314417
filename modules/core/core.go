// Package core is the module that is always on: people and their notifications, remarks and files on any record, and the words that all business
// modules share: products, units, taxes, currencies, payment terms.
package core

import (
	"embed"
	"io/fs"

	"github.com/tenon-hq/tenon/entity"
	"github.com/tenon-hq/tenon/modules"
)

//go:embed migrations/*.sql policy/*.yaml
var files embed.FS

// Module is core's table of contents.
func Module() modules.Module {
	return modules.Module{
		Name:   "core",
		Label:  entity.T("基础", "Core"),
		About:  entity.T("用户、通知、附件、评论以及产品、计量单位、税率等公共资料", "People, notifications, files and remarks, and the master data that all modules share"),
		Always: true,
		Price:  "0.00",
		Entities: []entity.Record{
			&User{}, &Team{}, &Company{}, &Notification{}, &Attachment{}, &Comment{}, &SavedView{},
			&Product{}, &ProductCategory{}, &Unit{},
			&Tax{}, &Currency{}, &ExchangeRate{}, &PaymentTerm{}, &Holiday{},
		},
		Actions: []modules.Action{
			modules.Act("read", entity.T("标为已读", "Mark as read"), nil, read),
		},
		Prepares: []modules.Prepare{
			modules.Before(prepareUsers),
			modules.Before(prepareComments),
			modules.Before(prepareAttachments),
			modules.Before(prepareViews),
			modules.Before(prepareCompany),
			modules.Before(prepareProducts), modules.Before(prepareCategories),
			modules.Before(prepareTerms),
		},
		Reactions:  []modules.Reaction{modules.On(notify)},
		Migrations: folder("migrations"),
		Policy:     folder("policy"),
		Seed:       seed,
	}
}

// folder is one of the folders that are part of the program.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a malformed name fails
	}
	return sub
}
