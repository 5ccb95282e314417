export const zh = { entry: '开单' };
