/** The command line: {@code millrace conformance}, {@code millrace run}. */
package dev.millrace.cli;
