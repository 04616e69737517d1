package dev.sandboxer.payments.bill;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * When a charge arose, and the calendar month in UTC that it is billed with, in whole seconds as FOCUS wants them: the start
 * rounded down, the end rounded up, and at least one second, so that even an instant has a period. A line never leaves its
 * UTC hour by that, and the lines of two hours never overlap.
 *
 * @param start inclusive, as are all starts; ends are exclusive
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
