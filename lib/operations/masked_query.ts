/**
 * Queries without their values, which can be secrets.
 *
 * @module
 */

/** The most parameters that are read. */
const MOST_PARAMETERS = 100;

/**
 * Replaces each value of a query by `*`. A parameter without an equals sign is a value too.
 *
 * @param query The query, without its question mark.
 * @returns The names, such as `page=*&token=*`. Parameters after the hundredth are left out.
 */
export function maskedQuery(query: string): string {
  return query.split("&", MOST_PARAMETERS).map((parameter) => {
    const end = parameter.indexOf("=");
    return end === -1 ? "*" : `${parameter.slice(0, end)}=*`;
  }).join("&");
}
