/**
 * Values that a spreadsheet has damaged: errors of formulas, columns that were too narrow, and numbers that it rounded.
 * Nothing that an order needs looks like one. Pure.
 */

/** `#N/A`, `#REF!`, `#NAME?` and the like, in every language of Excel; `Err:502` of LibreOffice; `####`. */
const ERROR_VALUE = /^(#N\/?[A-Z]|#[¡¿]?[\p{L}\d/_ ]+[!?]|#GETTING_DATA|#+|Err:\d{3})$/iu;
/** `4.50012E+12`, which had more digits before. */
const SCIENTIFIC = /^[+-]?\d+([.,]\d+)?E[+-]\d+$/i;
/** Excel keeps 15 digits of a number and writes zeros for the others. */
const CUT = /^\d{15}0+$/;

/** What is wrong with a value, as the end of a sentence; undefined when it may be as it was entered. */
export function damageOf(value: string): string | undefined {
  if (ERROR_VALUE.test(value)) return `must not be a spreadsheet's error value, such as '${value}'`;
  if (SCIENTIFIC.test(value)) {
    return `must have all its digits: a spreadsheet has rounded it to '${value}'. Format the column as text`;
  }
  return undefined;
}

/** Whether the last digits of a long number may have been replaced by zeros, so that several numbers became one. */
export const mayBeCut = (value: string): boolean => CUT.test(value);
