/// Tables in restaurants: booked by callers, and asked for by calling a restaurant.
@NullMarked
package dev.callbridge.reservations;

import org.jspecify.annotations.NullMarked;
