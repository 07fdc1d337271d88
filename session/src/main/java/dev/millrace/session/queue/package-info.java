/** Queues and other places where runs wait for each other. */
package dev.millrace.session.queue;
