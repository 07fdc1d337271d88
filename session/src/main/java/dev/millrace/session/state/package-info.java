/**
 * What a session keeps from run to run: variables, and the state of random and other stateful
 * nodes.
 */
package dev.millrace.session.state;
