/** A resource by its ID, as the editor stores it. */
export const byId = (value: string) => ({ __rl: true, mode: 'id', value });
