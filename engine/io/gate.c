// SPDX-License-Identifier: GPL-2.0
/*
 * The gate: stop all runs of a live device for a moment.
 *
 * While the gate is closed, no run is inside: none reads or changes data or zones. So a
 * context that needs a device at rest sees each request wholly, or not at all. A request
 * between its run and its end is not waited for: it has happened, and only its deadline
 * or its time-out is left.
 *
 * Runs and the gate:
 *
 * - A run with %CNULL_NO_WAIT is inside of an RCU read section of its backend. It tests
 *   %CNULL_FEATURE_GATE there, with the other features, and enters the gate only if the
 *   bit is set.
 * - A run with %CNULL_MAY_WAIT enters the gate. But as long as no feature is set, the
 *   plain path runs in an RCU read section first, without sleeping (run.h).
 * - A change of zones by the owner of a device holds &cnull_dev.lock, and so does the
 *   context that closes the gate. So neither needs the gate against the other. A change
 *   of options, bad blocks or faults is no run: it changes no data.
 * - A device without a store and without features has nothing to protect: its runs take
 *   no part.
 *
 * To close the gate:
 *
 * 1. Set %CNULL_FEATURE_GATE, and wait for a grace period. A run that has missed the bit
 *    is in a read section that began before the grace period, so it has ended. I/O goes on
 *    meanwhile: later runs enter, and are counted in @runs.
 * 2. Set @closing: a run without a reservation does not enter, but waits or returns
 *    %CNULL_SLEEP. Wait until @runs is 0, and replace that by CNULL_GATE_CLOSED in one
 *    step. Now no run enters.
 *
 * To open it:
 *
 * 1. Clear @closing, set @runs to 0, and wake the runs that wait. The full barrier pairs
 *    with the increment of a run that enters: the run sees all that was done while the
 *    gate was closed.
 * 2. Wait for a grace period, and clear %CNULL_FEATURE_GATE. A run that sees the bit clear
 *    sees what was done while the gate was closed, too, although it takes no lock: its
 *    read section began after the grace period began, because no section that began
 *    earlier can see what happens after the grace period.
 *
 * Why closing ends, with zones:
 *
 * A run inside may wait for a write in flight, which holds a reservation (zone/order.c).
 * That write may have returned %CNULL_SLEEP, and may have to enter the gate for its next
 * run. If it had to wait for the gate to open, then closing would wait for the run, the
 * run for the write, and the write for the gate. A semaphore would hold back all readers
 * behind a waiting writer, and so would deadlock here. Therefore @closing holds back only
 * runs without a reservation:
 *
 * - After step 2 has set @closing, only writes with a reservation enter. Their number is
 *   finite: a new reservation is made inside of a run that entered without one, and each
 *   such run makes one at most.
 * - Runs that the gate holds back hold no reservation, ticket or lock. So each wait of a
 *   run inside ends, by the proof in zone/order.c: the contexts it waits for are inside, or
 *   may enter. So @runs becomes 0.
 * - While @runs is CNULL_GATE_CLOSED, writes with a reservation wait, too. No run is inside
 *   to wait for them. The gate opens without waiting for any run.
 *
 * The context that closes the gate is not starved, because runs that enter are finite. Runs
 * are held back from step 2 on, which takes as long as the longest run under way.
 *
 * No wake-up is lost. The run that leaves decrements @runs by a full barrier, and then reads
 * @closing. The context that closes the gate writes @closing, and wait_var_event() has a
 * full barrier before it reads @runs again. So the run sees @closing, or the context sees
 * the new @runs. Runs that wait for the gate wait on &cnull_gate.closing, others on
 * &cnull_gate.runs.
 *
 * Locks: the gate is closed under &cnull_dev.lock. Runs enter the gate with no lock of the
 * engine held, and never take &cnull_dev.lock or &cnull_dev.cut_lock. A power cut holds
 * &cnull_dev.cut_lock while it waits for runs, so the context that closes the gate must
 * not take that lock. A run under way for memory reclaim may wait for the gate, so while the
 * gate is closed memory is allocated by CNULL_GFP_MAY_WAIT at most, or not at all.
 */
#include "feature.h"
#include "io/gate.h"

static struct lock_class_key gate_key;

/**
 * cnull_gate_init - initialize a gate, which is open
 * @gate: the gate
 * @features: the features of the live device, &cnull_live.features
 *
 * Context: Any. No run has begun.
 */
void cnull_gate_init(struct cnull_gate *gate, unsigned long *features)
{
	atomic_long_set(&gate->runs, 0);
	gate->closing = false;
	gate->features = features;
	lockdep_init_map(&gate->dep_map, "cnull_gate", &gate_key, 0);
}

/*
 * Enter if the gate allows that. A run that reads @closing too early enters once more:
 * it is counted, so the gate does not close meanwhile.
 */
static bool try_enter(struct cnull_gate *gate, bool reserved)
{
	if (READ_ONCE(gate->closing) && !reserved)
		return false;
	return atomic_long_inc_unless_negative(&gate->runs);
}

/**
 * cnull_gate_enter - enter the gate: begin a run that is counted
 * @gate: the gate
 * @reserved: the request holds a reservation in a zone
 * @wait: may the caller sleep?
 *
 * Context: With %CNULL_MAY_WAIT may sleep, and holds no lock of the engine. With
 * %CNULL_NO_WAIT any.
 * Return: true, and the caller calls cnull_gate_leave(). false if the gate is closed or
 * about to be, with %CNULL_NO_WAIT only.
 */
bool cnull_gate_enter(struct cnull_gate *gate, bool reserved,
		      enum cnull_wait wait)
{
	if (wait == CNULL_NO_WAIT)
		return try_enter(gate, reserved);
	might_sleep();
	lock_map_acquire_read(&gate->dep_map);
	if (unlikely(!try_enter(gate, reserved)))
		wait_var_event(&gate->closing, try_enter(gate, reserved));
	return true;
}

/**
 * cnull_gate_leave - leave the gate: end a run that is counted
 * @gate: the gate, entered by this context
 * @wait: as for cnull_gate_enter()
 *
 * Context: Any but interrupts.
 */
void cnull_gate_leave(struct cnull_gate *gate, enum cnull_wait wait)
{
	if (!atomic_long_dec_return(&gate->runs) && READ_ONCE(gate->closing))
		wake_up_var(&gate->runs);
	if (wait == CNULL_MAY_WAIT)
		lock_map_release(&gate->dep_map);
}

/* Close the gate if no run is inside. */
static bool try_close(struct cnull_gate *gate)
{
	long none = 0;

	return atomic_long_try_cmpxchg(&gate->runs, &none, CNULL_GATE_CLOSED);
}

/**
 * cnull_gate_close - stop all runs of a device
 * @gate: the gate, open
 *
 * Waits for the runs under way. The caller calls cnull_gate_open() soon, and until then
 * starts no run, takes no &cnull_dev.cut_lock, and waits for no memory that needs I/O.
 *
 * Context: May sleep. &cnull_dev.lock is held until cnull_gate_open() has returned; a
 * live device without a &struct cnull_dev has one such context at a time.
 */
void cnull_gate_close(struct cnull_gate *gate)
{
	set_bit(CNULL_FEATURE_GATE, gate->features);
	synchronize_rcu_expedited();
	lock_map_acquire(&gate->dep_map);
	WRITE_ONCE(gate->closing, true);
	wait_var_event(&gate->runs, try_close(gate));
}

/**
 * cnull_gate_open - let runs begin again
 * @gate: the gate, closed by this context
 *
 * Runs begin at once; then this waits for a grace period.
 *
 * Context: May sleep; as cnull_gate_close().
 */
void cnull_gate_open(struct cnull_gate *gate)
{
	lock_map_release(&gate->dep_map);
	WRITE_ONCE(gate->closing, false);
	/* A full barrier: waiters see the new values, or this sees the waiters. */
	atomic_long_xchg(&gate->runs, 0);
	wake_up_var(&gate->closing);
	synchronize_rcu_expedited();
	clear_bit(CNULL_FEATURE_GATE, gate->features);
}
