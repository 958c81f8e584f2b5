import { installDebian } from "../process/install-debian.ts";

/** Debian's own interpreter: its Python modules are installed for no other. */
export const PYTHON = "/usr/bin/python3";
export const GUNICORN = "/usr/bin/gunicorn";
export const TRYTOND_ADMIN = "/usr/bin/trytond-admin";

const MODULES = "/usr/lib/python3/dist-packages";
const PACKAGES = [
  "tryton-server",
  "tryton-proteus",
  "tryton-modules-sale",
  "tryton-modules-account-invoice-stock",
  "python3-psycopg2",
  "gunicorn",
  // Without these a company has no time zone, and codes of articles are not checked.
  "python3-tz",
  "python3-stdnum",
];
/** One file of each package that a machine may lack while it has the others. */
const FILES = [
  TRYTOND_ADMIN,
  GUNICORN,
  `${MODULES}/psycopg2/__init__.py`,
  `${MODULES}/proteus/__init__.py`,
  `${MODULES}/trytond/modules/sale/__init__.py`,
  `${MODULES}/trytond/modules/account_invoice_stock/__init__.py`,
  `${MODULES}/pytz/__init__.py`,
  `${MODULES}/stdnum/__init__.py`,
];

/** Installs Tryton's Debian packages where they are not there yet. Throws with what a person has to do. */
export async function installTryton(): Promise<void> {
  for (const file of FILES) await installDebian(file, PACKAGES);
}
