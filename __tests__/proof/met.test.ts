import { hashOf, Met } from "../../proof/model/hash";

test("a state is new once, and once more for each time that it is met with more faults left", () => {
  const met = new Met();
  const ever = new Map<number, number>();
  for (let index = 0; index < 300_000; index += 1) {
    const hash = hashOf(String((index * 7_919) % 100_003));
    const faultsLeft = (index * 31) % 4;
    const isCovered = (ever.get(hash) ?? -1) >= faultsLeft;
    if (met.covers(hash, faultsLeft) !== isCovered) throw new Error(`state ${index} should be ${String(isCovered)}`);
    if (!isCovered) ever.set(hash, faultsLeft);
  }
  expect(met.size).toBe(ever.size);
  expect(met.size).toBe(100_003);
});
