import type { zh } from './zh';

export const en: typeof zh = {
  yes: 'Yes', no: 'No', save: 'Save', saved: 'Saved', undo: 'Undo', cancel: 'Cancel', edit: 'Edit', create: 'New', delete: 'Delete', close: 'Close', back: 'Back', retry: 'Try again',
  loading: 'Loading', search: 'Search', searching: 'Searching…', nothing_found: 'No matching records', search_or_run: 'Search or run a command…', menu: 'Menu', skip: 'Skip to content', home: 'Home',
  home_hello: 'Hello, {{name}}', more: 'More ({{n}})', less: 'Less', columns: 'Fields', columns_reset: 'Back to the usual fields', current: 'Current', workspaces: 'Companies', new_company: 'New company',
  profile: 'Profile', profile_of: 'Profile menu of {{name}}', theme: 'Theme', theme_light: 'Light', theme_dark: 'Dark', theme_system: 'System', other_language: '中文', log_in: 'Log in', log_out: 'Log out',
  email: 'E-mail', password: 'Password',
  module: { core: 'Teamwork', crm: 'CRM', sales: 'Sales', inventory: 'Inventory', production: 'Production', purchasing: 'Purchasing', finance: 'Finance', projects: 'Projects', mail: 'Mail' },
  login: { title: 'Log in to Tenon', hint: 'Welcome back. Use your work e-mail.', no_account: 'No account yet?', sign_up: 'Create a company' },
  signup: { title: 'Create a company', hint: 'Ready in a minute, nothing to install.', company: 'Company', name: 'Your name', email: 'Work e-mail', password: 'Password', submit: 'Create and enter', have_account: 'Have an account?' },
  pitch: {
    claim: 'One won deal moves orders, stock, production, purchasing and payments.', deal: 'A won deal becomes an order', order: 'The order reserves stock, plans production, requests materials',
    make: 'Materials arrive, work is done on time', ship: 'Shipping makes the invoice', paid: 'Payment progress comes back to the deal',
  },
  denied: {
    short: 'No access', why: 'Your roles may not see this field; ask your administrator', record: 'You may not see this record, or it no longer exists', fields: '{{n}} more fields are not visible to you',
  },
  offline: { title: 'The server cannot be reached', hint: 'Check your network, then try again.', banner: 'The server cannot be reached. What you typed is kept; go on when it is back.' },
  expired: { title: 'Your session has expired', hint: 'Log in again. What you typed is still here and will be sent afterwards.' },
  error: {
    missing: 'There is no such page', missing_hint: 'The address may be wrong, or the content was deleted or is not visible to you.', home: 'Back to Home', forbidden: 'You may not see this page',
    module_off: 'The module is switched off. Ask your administrator.', broken: 'Something went wrong', broken_hint: 'Try again. If it stays, tell your administrator the reference.', reference: 'Reference {{ref}}',
    list_hint: 'Change the filter or try again.',
  },
  module_off: { title: 'The module {{name}} is switched off', price: '{{price}} per user and month. Ask your administrator to switch it on.' },
  bell: { title: 'To-dos and notifications', with_count: 'To-dos and notifications ({{n}})', none: 'All done', none_hint: 'Nothing to approve and nothing unread.', approvals: 'To approve', news: 'Notifications', read_all: 'Mark all as read' },
  palette: {
    hint: 'Name, number, pinyin or initials…', found: 'Results', pages: 'Pages', actions: 'Actions', settings: 'Settings', records: 'Records', light: 'Switch to light', dark: 'Switch to dark', nothing: 'Nothing found. Try another word.',
  },
  keys: {
    title: 'Keyboard shortcuts', palette: 'Search or run a command', search: 'Search in the list', create: 'New', edit: 'Edit the record', move: 'Move in a grid', rows: 'Next row, previous row', open: 'Edit the cell or open',
    record: 'Open the record', select: 'Select the row', cell: 'Edit the cell', back: 'Back to the list', save: 'Save', home: 'Home', sheet: 'Show this sheet',
  },
  list: {
    count: '{{n}} records', search: 'Search in the list', search_slash: 'Search (press /)', none_match: 'No records match', clear: 'Clear filters', none: '{{what}}: none yet', none_hint: 'Make the first one, or import a table.',
    none_made: 'These records are made by the system as business happens.', export: 'Export', exporting: 'Exporting; the file downloads in a moment.',
  },
  grid: { select_all: 'Select all that are loaded', select: 'Select {{title}}', sort: 'Sort by {{field}} (hold Shift to add)' },
  view: { title: 'Saved views', all: 'All', shared: 'Company view', save: 'Save view', name: 'Name of the view', remove: 'Remove view', as: 'Shown as', table: 'Table' },
  filter: { add: 'Filter', edit: 'Change filter', remove: 'Remove filter: {{field}}', field: 'Field', op: 'Condition', value: 'Value', apply: 'Apply' },
  op: { eq: 'is', ne: 'is not', gt: 'above', gte: 'at least', lt: 'below', lte: 'at most', in: 'is', nin: 'is not', contains: 'contains', starts: 'starts with', null: 'is empty' },
  bulk: {
    title: 'Bulk actions', chosen: '{{n}} selected', edit: 'Bulk edit', apply: 'Apply to all selected', clear: 'Clear selection', done: '{{n}} done', partly: '{{done}} done, {{refused}} refused', delete_ask: 'Delete the {{n}} selected records?',
  },
  record: {
    details: 'Details', related: 'Related', history: 'Activity', parts: 'Parts of the record', more: 'More actions', actions: 'Actions', copy: 'Copy', delete_ask: 'Delete {{title}}?', missing: 'This record cannot be found',
    missing_hint: 'It may have been deleted, or you may not see it.', to_list: 'Back to the list', more_fields: 'Show {{n}} more fields', fewer_fields: 'Show fewer', related_hint: 'Only kinds with records are listed.', all: 'See all',
  },
  lines: {
    none: 'No lines', add: 'Add a line', hint: 'Enter for the next line; paste from Excel', number: 'No.', amount: 'Amount', remove: 'Remove', remove_line: 'Remove line {{line}}', cell: '{{field}}, line {{line}}', total: 'Total before tax',
  },
  paste: { done: '{{n}} lines pasted', refused: '{{n}} cells were not understood:', cell: 'line {{line}} {{field}} "{{text}}"' },
  form: { new: 'New {{what}}', save_new: 'Save and new', leave: 'There are unsaved changes. Leave?' },
  mistakes: { line: 'Line {{line}}, {{field}}:' },
  conflict: {
    title: 'Someone else has just changed this record', hint: 'You both changed these fields. Choose which value stays; all other changes are merged.', mine: 'Mine', theirs: 'Theirs', save: 'Save the choice', drop: 'Drop my changes', lines: '{{n}} lines',
  },
  action: { title: '{{action}} · {{title}}', parked: 'Sent for approval; it runs once approved', done: '{{title}}: {{action}} done' },
  cascade: { approval: 'Needs approval: {{rule}}. Below is what happens once approved.', nothing: 'Nothing else is affected.', create: 'New', update: 'Changes', delete: 'Deletes' },
  history: {
    none: 'Nothing has happened yet', system: 'System', said: 'commented', acted: 'did “{{act}}”', create: 'created the record', update: 'changed', delete: 'deleted the record', export: 'exported data',
    say: 'Write a comment… (Ctrl+Enter to send)', send: 'Send',
  },
};
