/** What a caller may do; each includes those before it. */
export const roles = ['read', 'run', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who asks, after the credentials were checked. */
export interface Principal {
  /** Of the key, or the subject of the token; never the key itself. */
  readonly id: string;
  readonly role: Role;
  /** What belongs to another tenant is not there. */
  readonly tenant: string;
}

export const tenantDefault = 'main';

export function mayDo(principal: Principal, role: Role): boolean {
  return roles.indexOf(principal.role) >= roles.indexOf(role);
}

/** As it is part of the names of objects. */
export function isTenant(name: unknown): name is string {
  return typeof name === 'string' && /^[\w-]{1,64}$/.test(name);
}

export function isRole(name: unknown): name is Role {
  return roles.some((role) => role === name);
}
