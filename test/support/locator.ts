/** Returns a resource locator in a mode, as the editor stores it. */
export const byMode = (mode: string, value: string) => ({ __rl: true, mode, value });

/** Returns a resource locator in the mode `id`, as the editor stores it. */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });
