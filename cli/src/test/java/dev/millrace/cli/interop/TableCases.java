package dev.millrace.cli.interop;
final class TableCases { static void addTo(CaseList c) {} }
