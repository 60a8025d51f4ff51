// When two scores are equal: within a relative tolerance, whole numbers exactly, best first and never along a chain.

const EXACT_BELOW = 2 ** 43;

const whole = (value) => Number.isInteger(value) && Math.abs(value) < EXACT_BELOW;

function tiesWith(leader, value, tolerance, behind = null) {
  if (leader === value) return true;
  const gap = leader - value;
  const scale = behind === null || !Number.isFinite(behind) ? Math.max(Math.abs(leader), Math.abs(value)) : behind;
  return gap <= tolerance * scale && Number.isFinite(gap) && !(whole(leader) && whole(value));
}

// Places of every alternative tied for the lead, by keys compared one after the other; null takes no part.
export function leaders(keys, tolerance, scale = null) {
  let left = keys[0].map((_, place) => place).filter((place) => keys.every((key) => key[place] !== null));
  for (const key of keys) {
    if (left.length < 2) break;
    const best = left.reduce((top, place) => (key[place] > key[top] ? place : top), left[0]);
    left = left.filter((place) =>
      tiesWith(key[best], key[place], tolerance, scale && Math.max(scale[best], scale[place])),
    );
  }
  return left;
}
