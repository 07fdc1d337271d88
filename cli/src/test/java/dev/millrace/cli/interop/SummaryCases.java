package dev.millrace.cli.interop;
final class SummaryCases { static void addTo(CaseList c) {} }
