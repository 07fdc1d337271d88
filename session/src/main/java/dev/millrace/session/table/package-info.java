/** Lookup tables. */
package dev.millrace.session.table;
