// Made by `npm run machines` from machines/supervisor.ts, for Stately's editors.
import { createMachine } from 'xstate';

export const supervisorMachine = createMachine({
  "id": "supervisor",
  "initial": "open",
  "on": {
    "REMOVE": {
      "guard": "isIdle",
      "actions": "removeWorker"
    },
    "xstate.error.actor.*": {
      "actions": "buryWorker"
    }
  },
  "states": {
    "open": {
      "description": "Accepts workers and gives them slots.",
      "on": {
        "SPAWN": {
          "guard": "isNew",
          "actions": "spawnWorker"
        },
        "SLOT_WANTED": {
          "guard": "isWithoutSlot",
          "actions": [
            "queueWorker",
            "admitWorkers"
          ]
        },
        "SLOT_FREED": {
          "actions": [
            "freeSlot",
            "admitWorkers"
          ]
        },
        "SLOT_KEPT": {
          "guard": "isPresent",
          "actions": "countSlot"
        },
        "DRAIN": "draining",
        "xstate.error.actor.*": {
          "actions": [
            "restartWorker",
            "buryWorker",
            "admitWorkers"
          ]
        }
      }
    },
    "draining": {
      "description": "Stops every worker, gives out no slot, and waits until no worker holds or wants one.",
      "entry": "stopWorkers",
      "always": {
        "guard": "isQuiet",
        "target": "drained"
      },
      "on": {
        "SLOT_WANTED": {
          "guard": "isWithoutSlot",
          "actions": [
            "queueWorker",
            "stopLatecomer"
          ]
        },
        "SLOT_FREED": {
          "actions": "freeSlot"
        }
      },
      "after": {
        "drainGrace": "drained"
      }
    },
    "drained": {
      "description": "Every worker has stopped, except a worker that is still listed as busy."
    }
  },
  "invoke": []
});
