/** What summaries are made of: histograms, pictures and sounds. */
package dev.millrace.session.summary;
