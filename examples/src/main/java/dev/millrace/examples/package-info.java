/** Complete programs to start from. */
package dev.millrace.examples;
