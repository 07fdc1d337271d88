/**
 * The reference kernels: for every op one computation on heap values, written for clarity. They
 * define what Millrace computes; fast kernels are alternatives that are tested against them.
 */
package dev.millrace.session.reference;
