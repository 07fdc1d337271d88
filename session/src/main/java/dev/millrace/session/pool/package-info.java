/** The one pool of threads over which large steps are split. */
package dev.millrace.session.pool;
