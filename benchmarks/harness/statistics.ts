export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Formats e.g. `12,345 ms (12,001–13,120)`: the median, and the range of several values. */
const inUnit = (unit: string) => (values: number[]) => {
	const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)];
	const range = values.length > 1 ? ` (${WHOLE.format(low)}–${WHOLE.format(high)})` : '';
	return `${WHOLE.format(middle)} ${unit}${range}`;
};

export const formatMilliseconds = inUnit('ms');
export const formatMegabytes = inUnit('MB');

export const formatCount = (value: number) => WHOLE.format(value);
export const formatRatio = (value: number) => value.toFixed(2);
