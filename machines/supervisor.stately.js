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
      "description": "Takes workers in and gives them slots.",
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
      "description": "Ends every worker, admits none, and waits until the last has gone.",
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
      "description": "No worker is under way any more; those still listed as busy would not go."
    }
  },
  "invoke": []
});
