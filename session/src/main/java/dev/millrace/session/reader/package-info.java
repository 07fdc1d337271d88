/** Readers of records from files whose names come out of queues. */
package dev.millrace.session.reader;
