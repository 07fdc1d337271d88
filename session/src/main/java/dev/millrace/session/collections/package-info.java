/**
 * Arrays, stacks and lists of tensors: the values behind handles that live no longer than a run.
 */
package dev.millrace.session.collections;
