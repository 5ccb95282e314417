export const en = { entry: 'Order entry' };
