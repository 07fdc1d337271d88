/**
 * Sessions: compiling parts of a graph into plans and running them on the devices that ND4J offers.
 */
package dev.millrace.session;
