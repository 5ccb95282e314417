export const zh = {
  yes: '是', no: '否', save: '保存', saved: '已保存', undo: '撤销', cancel: '取消', edit: '编辑', create: '新建', delete: '删除', close: '关闭', back: '返回', retry: '重试',
  loading: '加载中', search: '搜索', searching: '正在搜索…', nothing_found: '没有匹配的记录', search_or_run: '搜索或执行命令…', menu: '菜单', skip: '跳到主要内容', home: '工作台',
  home_hello: '{{name}}，您好', more: '更多（{{n}}）', less: '收起', columns: '字段', columns_reset: '恢复默认字段', current: '当前', workspaces: '企业', new_company: '新建企业',
  profile: '个人', profile_of: '{{name}} 的个人菜单', theme: '主题', theme_light: '浅色', theme_dark: '深色', theme_system: '跟随系统', other_language: 'English', log_in: '登录', log_out: '退出登录',
  email: '邮箱', password: '密码',
  module: { core: '协作与组织', crm: '客户关系', sales: '销售', inventory: '库存', production: '生产', purchasing: '采购', finance: '财务', projects: '项目', mail: '邮件' },
  login: { title: '登录 Tenon', hint: '欢迎回来，请用工作邮箱登录。', no_account: '还没有账号？', sign_up: '创建企业' },
  signup: { title: '创建企业', hint: '一分钟后即可开始使用，无需安装。', company: '企业名称', name: '您的姓名', email: '工作邮箱', password: '密码', submit: '创建并进入', have_account: '已有账号？' },
  pitch: {
    claim: '一笔赢单，带动订单、库存、生产、采购与收款。', deal: '赢单即生成订单', order: '订单预留库存、排定生产、申请采购', make: '物料到齐，按期完工', ship: '发货自动开票', paid: '回款进度实时回到商机',
  },
  denied: { short: '无权查看', why: '您的角色无权查看此字段，可向管理员申请', record: '您无权查看所指的记录，或它已不存在', fields: '另有 {{n}} 个字段您无权查看' },
  offline: { title: '连不上服务器', hint: '请检查网络，然后重试。', banner: '连不上服务器。已输入的内容都保留着，恢复后可继续。' },
  expired: { title: '登录已过期', hint: '请重新登录。页面上已输入的内容都还在，登录后会自动继续。' },
  error: {
    missing: '没有这个页面', missing_hint: '地址可能有误，或者内容已被删除、您无权查看。', home: '回到工作台', forbidden: '您无权查看此页面', module_off: '该模块未启用，请联系管理员。', broken: '出错了',
    broken_hint: '请重试；若仍有问题，请将编号告知管理员。', reference: '编号 {{ref}}', list_hint: '请调整筛选条件或重试。',
  },
  module_off: { title: '模块“{{name}}”未启用', price: '每用户每月 {{price}}。请联系管理员启用。' },
  bell: { title: '待办与通知', with_count: '待办与通知（{{n}}）', none: '全部处理完了', none_hint: '没有待审批的单据和未读的通知。', approvals: '待审批', news: '通知', read_all: '全部标为已读' },
  palette: {
    hint: '输入名称、单号、拼音或首字母…', found: '结果', pages: '页面', actions: '操作', settings: '设置', records: '记录', light: '切换为浅色', dark: '切换为深色', nothing: '没有找到，换个词试试。',
  },
  keys: {
    title: '键盘快捷键', palette: '搜索或执行命令', search: '在列表中搜索', create: '新建', edit: '编辑记录', move: '在表格中移动', rows: '下一行、上一行', open: '编辑单元格或打开', record: '打开记录', select: '选择行',
    cell: '编辑单元格', back: '返回列表', save: '保存', home: '工作台', sheet: '显示本页',
  },
  list: {
    count: '{{n}} 条', search: '在列表中搜索', search_slash: '搜索（按 /）', none_match: '没有符合条件的记录', clear: '清除条件', none: '还没有{{what}}', none_hint: '新建第一条，或从表格导入。',
    none_made: '这里的记录由系统在业务发生时生成。', export: '导出', exporting: '正在导出，文件随后下载。',
  },
  grid: { select_all: '选择已加载的全部', select: '选择 {{title}}', sort: '按“{{field}}”排序（按住 Shift 添加）' },
  view: { title: '查询方案', all: '全部', shared: '公司方案', save: '保存方案', name: '方案名称', remove: '删除方案', as: '显示方式', table: '表格' },
  filter: { add: '筛选', edit: '修改条件', remove: '移除条件：{{field}}', field: '字段', op: '条件', value: '值', apply: '应用' },
  op: { eq: '等于', ne: '不等于', gt: '大于', gte: '不小于', lt: '小于', lte: '不大于', in: '是', nin: '不是', contains: '包含', starts: '开头是', null: '为空' },
  bulk: {
    title: '批量操作', chosen: '已选 {{n}} 条', edit: '批量编辑', apply: '应用到全部所选', clear: '取消选择', done: '{{n}} 条已处理', partly: '{{done}} 条成功，{{refused}} 条未通过', delete_ask: '删除所选的 {{n}} 条记录？',
  },
  record: {
    details: '详情', related: '关联', history: '动态', parts: '记录的各部分', more: '更多操作', actions: '操作', copy: '复制', delete_ask: '删除“{{title}}”？', missing: '找不到这条记录',
    missing_hint: '它可能已被删除，或您无权查看。', to_list: '返回列表', more_fields: '显示其余 {{n}} 个字段', fewer_fields: '收起', related_hint: '只列出有记录的类型。', all: '查看全部',
  },
  lines: {
    none: '没有明细', add: '添加一行', hint: 'Enter 换行，可从 Excel 粘贴', number: '行号', amount: '金额', remove: '删除', remove_line: '删除第 {{line}} 行', cell: '{{field}}，第 {{line}} 行', total: '未税合计',
  },
  paste: { done: '已粘贴 {{n}} 行', refused: '有 {{n}} 个单元格未能识别：', cell: '第 {{line}} 行 {{field}}“{{text}}”' },
  form: { new: '新建{{what}}', save_new: '保存并新建', leave: '有未保存的修改，确定离开吗？' },
  mistakes: { line: '第 {{line}} 行 {{field}}：' },
  conflict: {
    title: '此记录刚被他人修改', hint: '以下字段双方都改了，请逐项选择保留哪一个。其余修改会自动合并。', mine: '我的', theirs: '对方的', save: '按所选保存', drop: '放弃我的修改', lines: '{{n}} 行明细',
  },
  action: { title: '{{action}} · {{title}}', parked: '已提交审批，通过后自动执行', done: '{{title}}：{{action}}完成' },
  cascade: { approval: '需要审批：{{rule}}。以下为审批通过后的结果。', nothing: '不会影响其他单据。', create: '新建', update: '更新', delete: '删除' },
  history: {
    none: '还没有动态', system: '系统', said: '留言', acted: '执行了“{{act}}”', create: '创建了记录', update: '修改了', delete: '删除了记录', export: '导出了数据', say: '写留言…（Ctrl+Enter 发送）', send: '发送',
  },
};
