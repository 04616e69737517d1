package dev.sandboxer.payments.bill;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The period of a charge, and the UTC calendar month that it is billed with. FOCUS wants whole seconds: the start is rounded down, the
 * end is rounded up, and the period is at least one second. So a line stays in its UTC hour, and lines of two hours never overlap.
 *
 * @param start inclusive
 * @param end exclusive
 * @param monthStart inclusive
 * @param monthEnd exclusive
 */
record Period(String start, String end, String monthStart, String monthEnd) {
    static Period of(BillLine line) {
        long start = line.start().getEpochSecond();
        var end = line.end();
        long roundedUp = end.getEpochSecond() + (end.getNano() == 0 ? 0 : 1);
        var month = LocalDate.ofInstant(line.start(), ZoneOffset.UTC).withDayOfMonth(1);
        return new Period(text(start), text(Math.max(roundedUp, start + 1)), text(month), text(month.plusMonths(1)));
    }

    private static String text(long epochSecond) {
        return Instant.ofEpochSecond(epochSecond).toString();
    }

    private static String text(LocalDate day) {
        return day + "T00:00:00Z";
    }
}
